"""An embedding table in two dimensions, beside its true neighbours."""
