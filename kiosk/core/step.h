/* Inside the core: what the parts of kiosk_step() share. Not for other rooms. */
#ifndef KIOSK_CORE_STEP_H
#define KIOSK_CORE_STEP_H

#include "kiosk/core/kiosk.h"

struct step {
    struct kiosk *kiosk;
    struct kiosk_effects *effects;
};

moment_t kiosk_moment(const struct kiosk *kiosk);

/* A new effect of this step, to be filled in. */
struct kiosk_effect *step_effect(struct step *step, enum effect_kind kind);

/* Sends the event to the ledger; returns its token, 0 where there was no room to keep it. */
uint32_t step_record(struct step *step, const struct kiosk_event *event);
/* The event that waits for its acknowledgement under this token, or NULL. */
struct pending_event *step_pending(struct step *step, uint32_t token);
void step_sound(struct step *step, enum sound sound);

/* deposits.c */
void deposits_lid(struct step *step, int bin, const reading_t *reading);
void deposits_decide(struct step *step, int bin);
void deposits_choose(struct step *step, enum waste_class class);
void deposits_choose_item(struct step *step, const struct item *item);
void deposits_meant_it(struct step *step);
void deposits_end_visit(struct step *step);
void deposits_record_visit(struct step *step, const struct visit *visit);
void deposits_abandon(struct step *step, int bin); /* its opening turns out to be service */
/* Weight came or went with no deposit to account for it. */
void deposits_adjust(struct step *step, int bin, const struct bin_decision *decision);
void deposits_close_books(struct step *step); /* the end of a run: the drift since the last row */
void deposits_stored(struct step *step, const struct pending_event *pending, int64_t seq);
int deposits_wrong_bin(const struct kiosk *kiosk); /* index of a wrong lid that is open, or -1 */
int deposits_busy_bin(const struct kiosk *kiosk); /* index of the newest undecided opening, or -1 */

/* near_miss.c */
/* The wrong lid was closed again, with nothing in it, before the weight landed. `visit` as
 * visits_find() says. */
bool near_miss_happened(const struct kiosk *kiosk, const struct visit *visit,
                        const struct bin_opening *opening);
void near_miss_tell(struct kiosk *kiosk, struct visit *visit, const struct bin_opening *wrong);
/* One near miss is made good for by one deposit. */
void near_miss_spend(struct kiosk *kiosk, struct visit *visit, const struct bin_opening *corrected);

/* corrections.c */
/* More of what this decision's opening brought, or, where that cannot be said, weight of nobody. */
void corrections_add(struct step *step, int bin, const struct bin_decision *decision);
void corrections_retract(struct step *step, int bin, const struct bin_decision *removal);
void corrections_stored(struct step *step, const struct kiosk_event *event);

/* claims.c: before a bin decides, and after */
void claims_watch(struct step *step, struct bin *bin);
void claims_settle(struct step *step, struct bin *bin);

/* search.c */
void search_intent(struct step *step, const intent_t *intent); /* while it is on screen */
void search_open(struct step *step);
void search_name(struct step *step, const char *name); /* a thing by its name, from a capture */
void search_watch(struct step *step);                  /* after every input */
int64_t search_deadline(const struct kiosk *kiosk);

/* cards.c */
void cards_read(struct step *step, const char *card);
void cards_found(struct step *step, const char *person); /* "": nobody knows it */

/* service.c */
void service_intent(struct step *step, const intent_t *intent);
void service_pin(struct step *step, const char *digits);
void service_pin_result(struct step *step, bool accepted, enum role role);
void service_leave(struct step *step);
void service_stored(struct step *step, uint32_t token);
void service_watch(struct step *step); /* after every input */
int64_t service_deadline(const struct kiosk *kiosk);

/* undo.c */
void undo_intent(struct step *step);
void undo_retract(struct step *step, const struct figures_recent *deposit); /* it was none */
void undo_stored(struct step *step, const struct pending_event *pending, int64_t seq);
int64_t undo_until(const struct kiosk *kiosk); /* INT64_MIN where nothing may be taken back */

/* inspect.c */
void inspect_begin(struct step *step);
void inspect_intent(struct step *step, const intent_t *intent);
void inspect_stored(struct step *step, uint32_t token);
void inspect_leave(struct step *step); /* ends an inspection that is going on */

/* technician.c */
void technician_intent(struct step *step, const intent_t *intent);
void technician_lid(struct step *step, const reading_t *reading);
void technician_watch(struct step *step);
void technician_leave(struct step *step); /* ends a wiring check that runs */
int64_t technician_deadline(const struct kiosk *kiosk);

/* orders.c: zero and tare; true where the intent was one of them */
bool orders_intent(struct step *step, const intent_t *intent);
void orders_watch(struct step *step);
void orders_leave(struct step *step);
int64_t orders_deadline(const struct kiosk *kiosk);

/* locks.c */
void locks_open(struct step *step, int bin);
void locks_open_class(struct step *step, enum waste_class class);
void locks_reading(struct step *step, const reading_t *reading);
void locks_watch(struct step *step);
int64_t locks_deadline(const struct kiosk *kiosk);

/* devices.c */
void devices_heard(struct step *step, uint8_t port);
void devices_port(struct step *step, uint8_t port, bool up);
void devices_status(struct step *step, const port_status_t *status);
void devices_watch(struct step *step);
int64_t devices_deadline(const struct kiosk *kiosk);

/* scales.c */
void scales_restore(struct step *step); /* faults that the ledger began and did not end */
void scales_watch(struct step *step);   /* after every input */
int64_t scales_deadline(const struct kiosk *kiosk);

/* storage.c */
void storage_begin(struct step *step); /* a run begins; the ledger may be away */
void storage_state(struct step *step, enum store_state state);
void storage_room(struct step *step, int64_t free_bytes, bool low);
void storage_tell(struct step *step); /* after a pending event was acknowledged */
int storage_waiting(const struct kiosk *kiosk);

/* Copies a text, cut at `size`, always NUL-terminated. */
void copy_text(char *to, int size, const char *from);

#endif
