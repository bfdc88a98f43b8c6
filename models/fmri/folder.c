// SPDX-License-Identifier: Apache-2.0
// Which file of a folder is what, and a hash of all that were used.
#include "models/fmri/folder.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>

enum { FILES_MAX = 1 << 16, TABLE_BYTES_MAX = 4 << 20 };

static const char *const role_names[SW_FMRI_ROLES] = {"mask", "truth", "reference", "dseg"};

// ---- names ----

typedef struct listing {
    struct dirent **v;
    size_t n;
} listing;

static bool
list(const char *dir, listing *l, sw_fmri_fault *fault)
{
    int n = scandir(dir, &l->v, NULL, alphasort);
    l->n = n > 0 ? (size_t)n : 0;
    if (n < 0)
        return sw_fmri_wrong(fault, "the folder of the data set can not be read: %s",
                             strerror(errno));
    return n <= FILES_MAX || sw_fmri_wrong(fault, "the folder has more than %d files", FILES_MAX);
}

static void
free_listing(listing *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->v[i]);
    free(l->v);
}

// Length of a name without .nii or .nii.gz; 0 if it has neither.
static size_t
stem_of(const char *name)
{
    static const char *const endings[] = {".nii.gz", ".nii"};
    size_t n = strlen(name);
    for (size_t e = 0; e < 2; e++) {
        size_t m = strlen(endings[e]);
        if (n > m && strcmp(name + n - m, endings[e]) == 0)
            return n - m;
    }
    return 0;
}

static char *
copy(const char *text)
{
    char *p = strdup(text);
    if (!p)
        abort();
    return p;
}

static bool
is_of_role(const char *name, const char *role)
{
    size_t stem = stem_of(name), n = strlen(role);
    return stem >= n && memcmp(name + stem - n, role, n) == 0 &&
           (stem == n || name[stem - n - 1] == '_');
}

static bool
is_of_subject(const char *name, const char *subject)
{
    size_t stem = stem_of(name), n = strlen(subject);
    if (stem < n || memcmp(name, subject, n) != 0 || (stem > n && name[n] != '_'))
        return false;
    for (int r = 0; r < SW_FMRI_ROLES; r++) {
        if (is_of_role(name, role_names[r]))
            return false;
    }
    return true;
}

// ---- which file is what ----

static bool
find_maps(const listing *l, sw_fmri_folder *f, sw_fmri_fault *fault)
{
    for (size_t i = 0; i < l->n; i++) {
        const char *name = l->v[i]->d_name;
        for (int r = 0; r < SW_FMRI_ROLES; r++) {
            if (strncmp(name, "sub-", 4) == 0 || !is_of_role(name, role_names[r]))
                continue;
            if (f->map[r])
                return sw_fmri_wrong(fault, "both %.150s and %.150s could be the %s", f->map[r],
                                     name, role_names[r]);
            f->map[r] = copy(name);
        }
    }
    return f->map[SW_FMRI_MASK] ||
           sw_fmri_wrong(fault, "there is no mask: mask.nii.gz, or a name that ends in "
                                "_mask.nii.gz");
}

// The whole of a small file; NULL if it is absent or too large.
static char *
read_table(const char *dir, size_t *n, bool *absent)
{
    char path[4400];
    snprintf(path, sizeof path, "%s/participants.tsv", dir);
    FILE *f = fopen(path, "re");
    *absent = !f && errno == ENOENT;
    if (!f)
        return NULL;
    char *text = sw_fmri_alloc(TABLE_BYTES_MAX + 1, 1);
    *n = fread(text, 1, TABLE_BYTES_MAX + 1, f);
    bool good = !ferror(f) && *n <= TABLE_BYTES_MAX;
    fclose(f);
    if (!good) {
        free(text);
        return NULL;
    }
    return text;
}

// Subjects by the names of images alone. may_lack: there need not be any.
static bool
people_of_names(const listing *l, bool may_lack, sw_fmri_people *p, sw_fmri_fault *fault)
{
    for (size_t i = 0; i < l->n; i++) {
        const char *name = l->v[i]->d_name;
        size_t n = strcspn(name, "_."), stem = stem_of(name);
        if (strncmp(name, "sub-", 4) != 0 || !stem || n <= 4)
            continue;
        const char *last = p->n ? p->v[p->n - 1].name : "";
        bool same = strlen(last) == n && memcmp(last, name, n) == 0;
        if (!same && !sw_fmri_people_add(p, name, n, fault))
            return false;
    }
    return p->n > 0 || may_lack ||
           sw_fmri_wrong(fault, "there is no image whose name begins with \"sub-\", no "
                                "participants.tsv, and no truth to simulate a group from");
}

static bool
find_people(sw_fmri_folder *f, const listing *l, sw_fmri_fault *fault)
{
    sw_fmri_people *p = &f->people;
    size_t n;
    bool absent;
    char *text = read_table(f->dir, &n, &absent);
    if (!text) {
        return absent ? people_of_names(l, f->map[SW_FMRI_TRUTH] != NULL, p, fault)
                      : sw_fmri_wrong(fault,
                                      "participants.tsv can not be read, or has more than "
                                      "%d bytes",
                                      TABLE_BYTES_MAX);
    }
    sw_fmri_fault why;
    bool good = sw_fmri_people_parse(text, n, p, &why);
    free(text);
    return good || sw_fmri_wrong(fault, "participants.tsv: %.400s", why.message);
}

static bool
is_plain(const char *name)
{
    return name[0] && name[0] != '/' && !strstr(name, "..") && stem_of(name);
}

static bool
find_image(const listing *l, sw_fmri_subject *s, sw_fmri_fault *fault)
{
    for (size_t i = 0; i < l->n && !s->image; i++) {
        const char *name = l->v[i]->d_name;
        if (!is_of_subject(name, s->name))
            continue;
        for (size_t k = i + 1; k < l->n; k++) {
            if (is_of_subject(l->v[k]->d_name, s->name))
                return sw_fmri_wrong(fault,
                                     "%s has the images %.120s and %.120s: a column `image` of "
                                     "participants.tsv must say which",
                                     s->name, name, l->v[k]->d_name);
        }
        s->image = copy(name);
    }
    if (!s->image)
        return sw_fmri_wrong(fault, "%s has no image: %s.nii.gz, or a name that begins with %s_",
                             s->name, s->name, s->name);
    if (!is_plain(s->image) || (s->second && !is_plain(s->second)))
        return sw_fmri_wrong(fault,
                             "participants.tsv: the image of %s is no .nii or .nii.gz "
                             "within the data set",
                             s->name);
    return true;
}

static bool
find_files(sw_fmri_folder *f, sw_fmri_fault *fault)
{
    listing l = {0};
    bool good = list(f->dir, &l, fault) && find_maps(&l, f, fault) && find_people(f, &l, fault);
    for (size_t s = 0; good && s < f->people.n; s++)
        good = find_image(&l, &f->people.v[s], fault);
    free_listing(&l);
    for (size_t s = 0; good && s < f->people.n; s++)
        f->paired = f->paired || f->people.v[s].second;
    return good;
}

// ---- the hash ----

static bool
hash_file(const char *dir, const char *name, char hex[65], sw_fmri_fault *fault)
{
    char path[4400], bytes[1 << 16];
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "re");
    if (!f)
        return sw_fmri_wrong(fault, "%.200s: can not be read: %s", name, strerror(errno));
    crypto_hash_sha256_init(&state);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, f)) > 0;)
        crypto_hash_sha256_update(&state, (unsigned char *)bytes, n);
    bool good = !ferror(f);
    fclose(f);
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(hex, 65, digest, sizeof digest);
    return good || sw_fmri_wrong(fault, "%.200s: can not be read", name);
}

static bool
note(const sw_fmri_folder *f, json_t *record, const char *role, const char *name,
     sw_fmri_fault *fault)
{
    char hex[65];
    if (!name)
        return true;
    if (!hash_file(f->dir, name, hex, fault))
        return false;
    json_t *entry = json_pack("{ss, ss, ss}", "role", role, "file", name, "sha256", hex);
    return (entry && json_array_append_new(record, entry) == 0) ||
           sw_fmri_wrong(fault, "a file's name is not UTF-8");
}

static bool
note_all(const sw_fmri_folder *f, json_t *record, sw_fmri_fault *fault)
{
    bool good = true, absent;
    size_t n;
    for (int r = 0; good && r < SW_FMRI_ROLES; r++)
        good = note(f, record, role_names[r], f->map[r], fault);
    for (size_t s = 0; good && s < f->people.n; s++)
        good = note(f, record, f->people.v[s].name, f->people.v[s].image, fault) &&
               note(f, record, f->people.v[s].name, f->people.v[s].second, fault);
    char *table = read_table(f->dir, &n, &absent);
    if (good && table)
        good = note(f, record, "participants", "participants.tsv", fault);
    free(table);
    return good;
}

// The record names every file with its hash, so its own hash is that of the data set.
static bool
make_record(sw_fmri_folder *f, sw_fmri_fault *fault)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    json_t *record = json_array();
    if (note_all(f, record, fault)) {
        f->record = json_dumps(record, JSON_COMPACT);
        crypto_hash_sha256(digest, (unsigned char *)f->record, strlen(f->record));
        sodium_bin2hex(f->hash, sizeof f->hash, digest, sizeof digest);
    }
    json_decref(record);
    return f->record != NULL;
}

// ---- the whole ----

sw_fmri_folder *
sw_fmri_folder_read(const char *dir, sw_fmri_fault *fault)
{
    sw_fmri_folder *f = sw_fmri_alloc(1, sizeof *f);
    f->dir = copy(dir);
    if (find_files(f, fault) && sw_fmri_folder_check(f, fault) && make_record(f, fault))
        return f;
    sw_fmri_folder_free(&f);
    return NULL;
}

void
sw_fmri_folder_free(sw_fmri_folder **folder)
{
    sw_fmri_folder *f = *folder;
    if (!f)
        return;
    for (int r = 0; r < SW_FMRI_ROLES; r++)
        free(f->map[r]);
    sw_fmri_people_fini(&f->people);
    free(f->dir);
    free(f->record);
    free(f);
    *folder = NULL;
}
