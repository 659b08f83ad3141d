#include "tests/faults/repeat.h"

#include "tests/faults/medium.h"
#include "tests/faults/workshop.h"

#include <dirent.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KNOWN_MAX = 1 << 20, PATH_SIZE = 700, BLOCK = 65536 };

static struct witness prepared;
static char prepared_in[256];
static uint64_t chance;
static uint64_t *known; /* beginnings of the hashes of what was found good; 0: free */
static long checks, new_checks;

/* ---- chance ---------------------------------------------------------------------------------- */

static const char *chance_name(void)
{
    return "repeat";
}

static uint32_t next_chance(void)
{
    return (uint32_t)medium_random(&chance);
}

static void fill_chance(void *const bytes, const size_t size)
{
    uint8_t *to = bytes;
    for (size_t i = 0; i < size; i++) {
        to[i] = (uint8_t)medium_random(&chance);
    }
}

static void begin_chance(void)
{
    chance = 1;
    (void)sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 1, NULL);
}

void repeat_begin(void)
{
    static randombytes_implementation same = {
        .implementation_name = chance_name, .random = next_chance, .buf = fill_chance};
    known = calloc(KNOWN_MAX, sizeof *known);
    if (known == NULL || randombytes_set_implementation(&same) != 0 || sodium_init() < 0) {
        abort();
    }
}

/* ---- what stands before ---------------------------------------------------------------------- */

static FILE *open_in(const char *directory, const char *name, const char *mode)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%.255s", directory, name);
    FILE *file = fopen(path, mode);
    if (file == NULL) {
        perror(path);
        abort();
    }
    return file;
}

static int is_file(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

typedef void file_visitor(void *context, const char *directory, const char *name);

static void visit_files(const char *directory, file_visitor *visit, void *context)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_file, alphasort);
    if (count < 0) {
        perror(directory);
        abort();
    }
    for (int i = 0; i < count; i++) {
        visit(context, directory, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

static void copy_file(void *context, const char *directory, const char *name)
{
    static char bytes[BLOCK];
    FILE *from = open_in(directory, name, "rb"), *to = open_in(context, name, "wb");
    size_t count;
    while ((count = fread(bytes, 1, sizeof bytes, from)) > 0) {
        if (fwrite(bytes, 1, count, to) != count) {
            abort();
        }
    }
    fclose(from);
    fclose(to);
}

void repeat_prepare(const struct scene *scene, const char *name)
{
    begin_chance();
    workshop_directory(name, prepared_in);
    prepared = (struct witness){.directory = prepared_in, .size = 1};
    if (scene->prepare != NULL) {
        scene->prepare(&prepared);
    }
}

void repeat_run(const char *directory, struct witness *witness)
{
    char to[256];
    medium_empty(directory);
    snprintf(to, sizeof to, "%s", directory);
    visit_files(prepared_in, copy_file, to);
    *witness = prepared;
    witness->directory = directory;
    begin_chance();
}

/* ---- what is left ---------------------------------------------------------------------------- */

static void hash_file(void *context, const char *directory, const char *name)
{
    static unsigned char bytes[BLOCK];
    crypto_generichash_state *state = context;
    FILE *file = open_in(directory, name, "rb");
    size_t count;
    crypto_generichash_update(state, (const unsigned char *)name, strlen(name) + 1);
    while ((count = fread(bytes, 1, sizeof bytes, file)) > 0) {
        crypto_generichash_update(state, bytes, count);
    }
    fclose(file);
}

static void hash_value(crypto_generichash_state *state, const void *value, size_t size)
{
    crypto_generichash_update(state, value, size);
}

static uint64_t hash_state(const struct witness *witness, const char *directory)
{
    crypto_generichash_state state;
    uint64_t hash[4];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    visit_files(directory, hash_file, &state);
    hash_value(&state, &witness->t_ms, sizeof witness->t_ms);
    hash_value(&state, &witness->count, sizeof witness->count);
    hash_value(&state, witness->acknowledged,
               (size_t)witness->count * sizeof *witness->acknowledged);
    hash_value(&state, &witness->has_waiting, sizeof witness->has_waiting);
    hash_value(&state, &witness->waiting, sizeof witness->waiting);
    hash_value(&state, &witness->purged_to, sizeof witness->purged_to);
    crypto_generichash_final(&state, (unsigned char *)hash, sizeof hash);
    return hash[0] | 1;
}

bool repeat_check(const struct witness *witness, const char *directory,
                  char reason[WITNESS_REASON_MAX])
{
    const uint64_t hash = hash_state(witness, directory);
    size_t at = hash % KNOWN_MAX;
    checks++;
    while (known[at] != 0 && known[at] != hash) {
        at = (at + 1) % KNOWN_MAX;
    }
    if (known[at] == hash) {
        return true;
    }
    new_checks++;
    bool good = witness_check(witness, directory, reason);
    if (good && new_checks < KNOWN_MAX / 2) {
        known[at] = hash;
    }
    return good;
}

long repeat_checks(void)
{
    return checks;
}

long repeat_new_checks(void)
{
    return new_checks;
}
