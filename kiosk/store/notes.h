/* Notes to the recorder: what other programs and threads have done and the ledger shall keep, an
 * export, a login, a calibration. A note is a file in DIR/notes, whole or not there; whoever writes
 * the ledger takes it in and removes it. A power cut between the two may leave a row twice, never
 * none.
 */
#ifndef KIOSK_STORE_NOTES_H
#define KIOSK_STORE_NOTES_H

#include "kiosk/store/ledger.h"

/* Leaves a note; its moment is when it is taken in. Only EVENT_EXPORT, EVENT_LOGIN and
 * EVENT_CALIBRATION. False, with errno, where the directory cannot be written. Any thread. */
bool notes_leave(const char *directory, const struct kiosk_event *event);

/* Takes in what is there; the ledger's own thread. Returns how many. A note that cannot be
 * understood is left where it is, under a name that is not looked at again. `of_a_run`: the kiosk
 * takes them; another program leaves it those that must stand behind its start. */
int notes_take(const char *directory, struct ledger *ledger, const moment_t *at, bool of_a_run);

#endif
