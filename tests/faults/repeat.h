/* Many runs of one scene that differ in nothing but the fault: chance is the same in each, what
 * stands before the scene is made once and copied, and what a run leaves is checked once, however
 * many runs leave it. So every n can be tried in one night.
 */
#ifndef TESTS_FAULTS_REPEAT_H
#define TESTS_FAULTS_REPEAT_H

#include "tests/faults/scenes.h"

/* Once, before the first ledger. */
void repeat_begin(void);

/* Makes what stands before the scene, in a directory NAME of the workshop; `witness` knows it. */
void repeat_prepare(const struct scene *scene, const char *name);

/* The directory of a run and its witness as repeat_prepare() left them; chance begins anew. */
void repeat_run(const char *directory, struct witness *witness);

/* As witness_check(), which it calls where these very files with this very witness have not been
 * found good before. */
bool repeat_check(const struct witness *witness, const char *directory,
                  char reason[WITNESS_REASON_MAX]);

/* How many checks were made, and how many of them anew. */
long repeat_checks(void);
long repeat_new_checks(void);

#endif
