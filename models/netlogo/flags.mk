# The example models are assembled into this object, so it depends on them.
$(BUILD)/models/netlogo/netlogo.o: $(wildcard models/netlogo/examples/*.nlogox)
