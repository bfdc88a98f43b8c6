# The built-in cases are assembled into this object, so it depends on them.
$(BUILD)/models/power/builtin.o: $(wildcard models/power/cases/*.json)

# The integrators are compiled once for each instruction set and chosen at run time. -ffp-contract=off
# (from the Makefile) keeps their results the same on all of them.
$(BUILD)/models/power/%_base.o $(BUILD)/models/power/%_avx2.o $(BUILD)/models/power/%_avx512.o: extra_cflags = -O3 -fno-math-errno
ifeq ($(shell uname -m),x86_64)
$(BUILD)/models/power/%_avx2.o: extra_cflags = -O3 -fno-math-errno -mavx2 -Wno-psabi
$(BUILD)/models/power/%_avx512.o: extra_cflags = -O3 -fno-math-errno -mavx512f -mavx512dq -mavx512vl -Wno-psabi
endif

# SUNDIALS' IDA, for loads that are not only admittances.
model_libs += -lsundials_ida -lsundials_nvecserial -lsundials_sunmatrixsparse \
              -lsundials_sunlinsolklu
