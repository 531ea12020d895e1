"""How far the adoption of many roll-outs is, at a glance: weekly use in the last whole week of each that is live."""
