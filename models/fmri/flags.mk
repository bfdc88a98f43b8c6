# Loops over voxels, which gain from vector instructions; -ffp-contract=off (from the Makefile) keeps
# their results the same.
$(BUILD)/models/fmri/bayes/columns.o $(BUILD)/models/fmri/bayes/table.o \
$(BUILD)/models/fmri/image/smooth.o $(BUILD)/models/fmri/permute.o: extra_cflags = -O3
