/* What a verifier knows from outside the rows: keys, head, anchors, and how far it was last time.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/store/verify_internal.h"

static const char state_word[] = "biaogan-verified 1 ";

void verify_find_key(struct verify *verify, int64_t seq)
{
    /* A row that says nonsense is found when its turn comes. */
    (void)ledger_find_key(verify->ledger, &verify->origin, seq, verify->key, &verify->key_seq);
}

/* ---- head and anchors ------------------------------------------------------------------------ */

static struct verify_known *know(struct verify *verify, const char *name,
                                 const uint8_t id[CHAIN_ID_SIZE], int64_t seq,
                                 const uint8_t hash[CHAIN_HASH_SIZE])
{
    struct verify_known *known = &verify->known[verify->known_count++];

    snprintf(known->name, sizeof known->name, "%s", name);
    known->is_foreign = memcmp(id, verify->origin.id, CHAIN_ID_SIZE) != 0;
    known->seq = seq;
    memcpy(known->hash, hash, sizeof known->hash);
    /* Where the walk begins behind it, the hash of that row is known already. */
    known->is_met = seq == verify->base_seq && seq > 0;
    known->is_same = memcmp(hash, verify->hash, sizeof known->hash) == 0;
    return known;
}

static void know_statement(struct verify *verify, const char *name,
                           const struct chain_checkpoint *checkpoint)
{
    struct verify_known *known =
        know(verify, name, checkpoint->id, checkpoint->covers, checkpoint->hash);

    known->is_signed = true;
    memcpy(known->key, checkpoint->key, sizeof known->key);
    known->is_forged = memcmp(known->key, verify->key, sizeof known->key) != 0;
}

/* A statement somewhere in a text: a line, or a value in a manifest. */
static bool find_statement(const char *text, struct chain_checkpoint *checkpoint)
{
    char line[CHECKPOINT_TEXT_MAX];
    const char *at = strstr(text, "biaogan-checkpoint ");

    if (!at) {
        return false;
    }
    snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\"\r\n"), at);
    return checkpoint_parse(line, checkpoint);
}

static void read_anchor(struct verify *verify, const char *path)
{
    char text[4096];
    struct chain_checkpoint checkpoint;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file >= 0 ? read(file, text, sizeof text - 1) : -1;

    if (file >= 0) {
        close(file);
    }
    text[length > 0 ? length : 0] = '\0';
    if (!find_statement(text, &checkpoint)) {
        verify_find(verify, true, VERIFY_ANCHOR, 0,
                    "%.100s: there is no statement of a checkpoint in it", path);
    } else if (!chain_is_signed(&checkpoint)) {
        verify_find(verify, true, VERIFY_ANCHOR, 0, "%.100s: its signature is wrong", path);
    } else {
        know_statement(verify, path, &checkpoint);
    }
}

void verify_gather(struct verify *verify)
{
    const struct head *head = &verify->head;
    const struct verify_request *request = verify->request;

    if (head->has_end) {
        know(verify, "the head", head->id, head->seq, head->hash);
    }
    if (head->has_checkpoint && chain_is_signed(&head->checkpoint)) {
        know_statement(verify, "the head's checkpoint", &head->checkpoint);
    }
    for (int i = 0; i < VERIFY_ANCHORS_MAX && request->anchors[i]; i++) {
        read_anchor(verify, request->anchors[i]);
    }
}

/* ---- how far it was last time ---------------------------------------------------------------- */

static void state_path(const struct verify *verify, char path[CHECKPOINT_PATH_MAX], const char *end)
{
    snprintf(path, CHECKPOINT_PATH_MAX, "%s/verify.state%s", verify->request->directory, end);
}

int64_t verify_state_read(const struct verify *verify)
{
    char path[CHECKPOINT_PATH_MAX], line[96] = "";
    int64_t seq = INT64_MAX - 1;

    state_path(verify, path, "");
    FILE *file = fopen(path, "re");
    if (file) {
        const size_t word = sizeof state_word - 1;
        if (fgets(line, sizeof line, file) && strncmp(line, state_word, word) == 0 &&
            sscanf(line + word, "%" SCNd64, &seq) != 1) {
            seq = INT64_MAX - 1;
        }
        fclose(file);
    }
    return seq > 0 && seq < INT64_MAX ? seq : INT64_MAX - 1;
}

void verify_state_write(const struct verify *verify)
{
    char path[CHECKPOINT_PATH_MAX], fresh[CHECKPOINT_PATH_MAX];

    state_path(verify, path, "");
    state_path(verify, fresh, ".new");
    FILE *file = fopen(fresh, "we");
    if (!file) {
        return; /* somebody may look who may not write */
    }
    bool written = fprintf(file, "%s%" PRId64 "\n", state_word, verify->report->last_seq) > 0;
    written = fclose(file) == 0 && written && rename(fresh, path) == 0;
    if (!written) {
        (void)unlink(fresh);
    }
}
