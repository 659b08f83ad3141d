/* The recorder's key, its statements, and the head file: what stands outside the ledger so that the
 * end of it cannot be taken away unseen. Formats: kiosk/store/chain.h.
 *
 * The writer of the ledger alone makes the key and writes the head; anybody who may read the files
 * can check them. Handles are values of the caller.
 */
#ifndef KIOSK_STORE_CHECKPOINT_H
#define KIOSK_STORE_CHECKPOINT_H

#include "kiosk/core/events.h"
#include "kiosk/store/chain.h"

enum { CHECKPOINT_TEXT_MAX = 512, CHECKPOINT_PATH_MAX = 4200 };

/* ---- the key --------------------------------------------------------------------------------- */

enum key_state {
    KEY_LOADED,
    KEY_MADE,      /* there was none, or one that could not be understood: see `key_was_damaged` */
    KEY_ABSENT,    /* only where it may not be made */
    KEY_UNREADABLE /* there is one, and this user may not read it; or it cannot be made */
};

struct recorder_key {
    uint8_t seed[CHAIN_KEY_SIZE];
    struct chain_signer signer;
    bool was_damaged; /* the old file stands as ledger.key.damaged */
};

/* Reads DIR/ledger.key; where `make`, makes one that was missing, synced before it has its name.
 * On KEY_UNREADABLE errno says why. */
enum key_state recorder_key_open(struct recorder_key *key, const char *directory, bool make);

/* Forgets it. */
void recorder_key_close(struct recorder_key *key);

/* ---- statements ------------------------------------------------------------------------------ */

/* Between the body of a row and what it says. False where the event's texts are no such thing. */
void checkpoint_to_event(const struct chain_checkpoint *checkpoint, struct event_checkpoint *event);
bool checkpoint_from_event(const struct event_checkpoint *event, const moment_t *at,
                           const uint8_t id[CHAIN_ID_SIZE], struct chain_checkpoint *checkpoint);

/* The statement of chain.h without a newline, and back. */
void checkpoint_format(const struct chain_checkpoint *checkpoint, char text[CHECKPOINT_TEXT_MAX]);
bool checkpoint_parse(const char *text, struct chain_checkpoint *checkpoint);

/* ---- the head -------------------------------------------------------------------------------- */

struct head_file {
    int file;            /* descriptor of a writer, or -1 */
    unsigned next_block; /* 0 or 1 */
};

/* What a head file says. */
struct head {
    bool exists;
    int damaged_blocks; /* of the two that tell where the ledger ends */
    bool has_end;
    bool is_proven; /* the MAC was checked */
    uint8_t id[CHAIN_ID_SIZE];
    int64_t seq;
    uint8_t hash[CHAIN_HASH_SIZE];
    bool has_checkpoint; /* understood; its signature is not checked here */
    struct chain_checkpoint checkpoint;
};

/* `key` may be NULL: then nothing is proven, and both blocks count by their form alone. */
void head_read(const char *directory, const struct recorder_key *key, struct head *head);

/* The same of a file that was set aside. */
void head_read_named(const char *directory, const char *name, const struct recorder_key *key,
                     struct head *head);

/* Opens DIR/head for writing, or makes it, synced. False with errno where that is impossible. */
bool head_open(struct head_file *head, const char *directory);

/* Both after a commit, never before it. They are not synced, and a failure to write them is no
 * failure of the ledger: the head is then behind. */
void head_write_end(struct head_file *head, const struct recorder_key *key,
                    const uint8_t id[CHAIN_ID_SIZE], int64_t seq,
                    const uint8_t hash[CHAIN_HASH_SIZE]);
void head_write_checkpoint(struct head_file *head, const struct chain_checkpoint *checkpoint);

void head_close(struct head_file *head, bool sync);

#endif
