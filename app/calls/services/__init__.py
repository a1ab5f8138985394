"""The service layer: what people and programs may see and do, by capability. `service.Service` is the one door."""
