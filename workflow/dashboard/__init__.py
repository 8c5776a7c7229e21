"""Dashboards of a street, a county, a city or the province: every figure over what the viewer may see."""
