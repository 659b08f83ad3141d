/* Once a day, and some minutes after the start, the ledger is copied to another medium, in a thread
 * of its own: a slow stick holds nobody up. What went wrong stands in the log, and the copy is
 * tried again within the hour.
 *
 * Main thread.
 */
#ifndef KIOSK_SHELL_BACKUP_THREAD_H
#define KIOSK_SHELL_BACKUP_THREAD_H

struct backup_thread;

/* Both directories are copied. NULL when the thread cannot be made. */
struct backup_thread *backup_thread_start(const char *directory, const char *to);

/* Ends a copy that is being made; the one before it stays. NULL is allowed. */
void backup_thread_stop(struct backup_thread *backup);

#endif
