"""Pages of the chair, the manager, the logistician, the auditor and the administrator."""
