"""How the application fares: how long its pages take, how many fail; each worker counts, minutes are kept."""
