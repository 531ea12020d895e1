"""The demo: an invented organisation with three roll-outs, played day by day through the product's own services."""
