/* A storage medium as a power cut sees it, for one directory of files.
 *
 * The files themselves stand in a real directory and always hold what the program wrote. Beside
 * them this model keeps what has reached the medium for certain, and what has only been written:
 * per file the writes since its last sync, per directory the names made, removed and renamed since
 * its last sync. medium_cut() then makes the directory that a power cut could have left: names up
 * to some point of the directory's journal; of each file what was synced, and every unsynced
 * sector kept, dropped or filled with garbage.
 *
 * Fed by the VFS of vfs.h and by the calls that medium_calls.c wraps. One thread.
 */
#ifndef TESTS_FAULTS_MEDIUM_H
#define TESTS_FAULTS_MEDIUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct medium;

/* `directory` exists; the files in it are taken as synced. Freed by medium_free(). */
struct medium *medium_watch(const char *directory);
void medium_free(struct medium *medium);

/* The medium that watches `path`'s directory, and `path`'s name in it; NULL where none does. */
struct medium *medium_of(const char *path, const char **name);

/* What the program does; a name that is unknown is made. */
void medium_write(struct medium *medium, const char *name, const void *data, size_t size,
                  int64_t offset);
void medium_truncate(struct medium *medium, const char *name, int64_t size);
void medium_create(struct medium *medium, const char *name);
void medium_unlink(struct medium *medium, const char *name);
void medium_rename(struct medium *medium, const char *from, const char *to);

/* A sync takes effect. Before it does, the cut hook is called. */
void medium_sync(struct medium *medium, const char *name);
void medium_sync_directory(struct medium *medium);

/* A sync fails: the system forgets the writes as if they had been done. By `chance` (a seed) each
 * of them is on the medium or never will be. */
void medium_fail_sync(struct medium *medium, const char *name, uint64_t chance);

/* Called before every sync: the moments at which a cut can differ. */
typedef void medium_hook(void *context, struct medium *medium);
void medium_on_sync(struct medium *medium, medium_hook *hook, void *context);

/* How a cut treats what was not synced. */
enum cut_manner { CUT_DROPS_ALL, CUT_KEEPS_ALL, CUT_AT_RANDOM };

struct cut {
    enum cut_manner manner;
    uint64_t seed;
    int sector;         /* bytes that are written or not as one */
    bool whole_sectors; /* garbage fills the whole sector, not only the bytes written to it */
};

/* Leaves in `directory`, which exists, what the cut leaves and nothing else. */
void medium_cut(const struct medium *medium, const struct cut *cut, const char *directory);

/* Removes every file in `directory`. */
void medium_empty(const char *directory);

/* The n-th (from 1) of the program's own calls into a watched directory fails with `number`, and
 * all later ones where `sticky`; 0: none does. SQLite's calls are those of vfs.h. */
void medium_calls_fail(long nth, bool sticky, int number);
long medium_calls_failures(void);

/* The next of a sequence of even 64-bit numbers (splitmix64). */
uint64_t medium_random(uint64_t *state);

#endif
