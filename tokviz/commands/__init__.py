"""One file a subcommand: `add_arguments` says what it takes, `run` does it and returns the status.

They print; what they print comes from the core, and errors are exceptions that `command_line`
turns into one sentence.
"""
