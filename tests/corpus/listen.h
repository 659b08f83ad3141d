/* The kiosk in one process, hearing a scene as it is played: bytes -> ports -> core, with a ledger
 * that acknowledges at once and is kept in memory. `biaogan replay` on the written capture gives
 * the same rows; replay_check.py holds the two against each other.
 */
#ifndef TESTS_CORPUS_LISTEN_H
#define TESTS_CORPUS_LISTEN_H

#include "kiosk/core/events.h"
#include "kiosk/shell/settings.h"
#include "tests/corpus/peers.h"
#include "tests/corpus/world.h"

enum { FOUND_MAX = 8000 };

/* A deposit that somebody says to have seen. */
struct found {
    int64_t seq; /* of its row; 0: a peer has none */
    int bin;     /* index */
    int64_t opened_ms, closed_ms, decided_ms;
    bool weighed;
    int32_t grams;
    int chosen; /* class or SCENE_NONE */
    const char *outcome;
    const char *quality;
    bool matched; /* by the scorer */
};

struct found_list {
    int count;
    struct found list[FOUND_MAX];
};

struct heard {
    struct found_list deposits;
    int adjustments, removals, visits, collections;
    int64_t readings;
    double seconds; /* of processor time, playing included */
};

/* `through_bytes` false: readings go straight to the core, which is faster. `peers` may be NULL.
 * 0, or -1 with the reason on stderr. */
int listen_run(const struct scene *scene, bool through_bytes, struct heard *heard,
               struct peers *peers);

/* A power cut: nothing is heard from `from_ms` to `to_ms`, then the program starts again over its
 * ledger. */
struct listen_cut {
    int64_t from_ms, to_ms;
};

/* The same with power cuts, in order and apart. */
int listen_cut(const struct scene *scene, const struct listen_cut *cuts, int cut_count,
               struct heard *heard);

/* The same, and every input that the core gets is shown to `tap` first, answers of the ledger
 * excepted; `settings` (may be NULL) receives the site. */
typedef void listen_tap(void *context, const struct kiosk_input *input);
int listen_tapped(const struct scene *scene, struct heard *heard, listen_tap *tap, void *context,
                  struct settings *settings);

#endif
