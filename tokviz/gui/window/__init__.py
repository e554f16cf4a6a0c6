"""What the main window is made of: menus, docked panels and what each mode shows of them."""
