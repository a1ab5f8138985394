"""The blocks of a contact flow, one file each. Every file here is loaded by `app.flow.registry`."""
