"""How complete and valid the records are: by object, team, owner and field, and a list of what is to be mended."""
