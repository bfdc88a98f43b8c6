// SPDX-License-Identifier: Apache-2.0
// A NIfTI-1 file volume by volume: the file as it lies on the disk is mapped, and no more than one
// stretch of raw data is held beside the caller's volume.
#include "models/fmri/image/inflate.h"
#include "models/fmri/image/nifti_header.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STRETCH = 1 << 16 };

struct sw_fmri_nifti {
    void *map; // NULL when the bytes are the caller's
    size_t map_size;
    sw_fmri_stream stream;
    sw_fmri_header header;
    size_t read; // volumes taken
};

static bool
skip(sw_fmri_stream *s, size_t n, sw_fmri_fault *fault)
{
    unsigned char away[4096];
    while (n > 0) {
        size_t now = n < sizeof away ? n : sizeof away;
        if (!sw_fmri_stream_take(s, away, now, fault))
            return false;
        n -= now;
    }
    return true;
}

static bool
start(sw_fmri_nifti *image, const void *bytes, size_t n, sw_fmri_fault *fault)
{
    unsigned char header[HEADER_SIZE];
    sw_fmri_stream_init(&image->stream, bytes, n);
    return sw_fmri_stream_take(&image->stream, header, sizeof header, fault) &&
           sw_fmri_header_parse(header, sw_fmri_stream_most(&image->stream), &image->header,
                                fault) &&
           skip(&image->stream, image->header.offset - HEADER_SIZE, fault);
}

sw_fmri_nifti *
sw_fmri_nifti_open_bytes(const void *bytes, size_t n, sw_fmri_fault *fault)
{
    sw_fmri_nifti *image = sw_fmri_alloc(1, sizeof *image);
    if (n > SW_FMRI_FILE_MAX)
        sw_fmri_wrong(fault, "the file has %zu bytes: at most %d are read", n, SW_FMRI_FILE_MAX);
    else if (start(image, bytes, n, fault))
        return image;
    sw_fmri_nifti_close(&image);
    return NULL;
}

// Maps a regular file. Neither a pipe that would block nor a folder.
static void *
map_file(const char *path, size_t *n, sw_fmri_fault *fault)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    void *map = NULL;
    if (fd < 0 || fstat(fd, &st) != 0)
        sw_fmri_wrong(fault, "can not be read: %s", strerror(errno));
    else if (!S_ISREG(st.st_mode))
        sw_fmri_wrong(fault, "is not a regular file");
    else if (st.st_size == 0)
        sw_fmri_wrong(fault, "the file is empty");
    else if (st.st_size > SW_FMRI_FILE_MAX)
        sw_fmri_wrong(fault, "the file has %lld bytes: at most %d are read", (long long)st.st_size,
                      SW_FMRI_FILE_MAX);
    else if ((map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
        map = NULL, sw_fmri_wrong(fault, "can not be mapped: %s", strerror(errno));
    else
        *n = (size_t)st.st_size;
    if (fd >= 0)
        close(fd);
    return map;
}

sw_fmri_nifti *
sw_fmri_nifti_open(const char *path, sw_fmri_fault *fault)
{
    size_t n = 0;
    void *map = map_file(path, &n, fault);
    if (!map)
        return NULL;
    sw_fmri_nifti *image = sw_fmri_nifti_open_bytes(map, n, fault);
    if (!image) {
        munmap(map, n);
        return NULL;
    }
    image->map = map;
    image->map_size = n;
    return image;
}

void
sw_fmri_nifti_close(sw_fmri_nifti **image)
{
    sw_fmri_nifti *it = *image;
    if (!it)
        return;
    sw_fmri_stream_fini(&it->stream);
    if (it->map)
        munmap(it->map, it->map_size);
    free(it);
    *image = NULL;
}

const sw_fmri_grid *
sw_fmri_nifti_grid(const sw_fmri_nifti *image)
{
    return &image->header.grid;
}

size_t
sw_fmri_nifti_volumes(const sw_fmri_nifti *image)
{
    return image->header.volumes;
}

bool
sw_fmri_nifti_is_whole(const sw_fmri_nifti *image)
{
    const sw_fmri_header *h = &image->header;
    return h->type->whole && h->slope == 1 && h->inter == 0;
}

static bool
read_volume(sw_fmri_nifti *image, double *values, sw_fmri_fault *fault)
{
    const sw_fmri_header *h = &image->header;
    size_t width = (size_t)h->type->bits / 8, n = sw_fmri_grid_count(&h->grid);
    unsigned char raw[STRETCH];
    for (size_t from = 0, now; from < n; from += now) {
        now = n - from < STRETCH / width ? n - from : STRETCH / width;
        if (!sw_fmri_stream_take(&image->stream, raw, now * width, fault))
            return false;
        for (size_t v = 0; v < now; v++)
            values[from + v] = h->slope * h->type->value(raw + v * width, h->swap) + h->inter;
    }
    return true;
}

bool
sw_fmri_nifti_read(sw_fmri_nifti *image, double *values, sw_fmri_fault *fault)
{
    if (image->read == image->header.volumes)
        return sw_fmri_wrong(fault, "has %zu volumes: no further one can be read",
                             image->header.volumes);
    if (!read_volume(image, values, fault))
        return false;
    image->read++;
    return image->read < image->header.volumes || sw_fmri_stream_finish(&image->stream, fault);
}
