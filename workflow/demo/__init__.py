"""The demo province: invented communities under real streets, brought to every stage by the same actions people use."""
