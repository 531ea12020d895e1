"""The modules of the CRM, switched on and off as a whole; how its objects hang together; the processes they carry."""
