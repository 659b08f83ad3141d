/* A VFS for SQLite over the default one, for the tests of storage faults.
 *
 * Registered as the default VFS before a ledger is opened, it needs no hook in the program. It
 * tells a watched medium (medium.h) of every write, sync and name, and lets the n-th call of one
 * method fail, once or from then on. One thread.
 */
#ifndef TESTS_FAULTS_VFS_H
#define TESTS_FAULTS_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum vfs_call {
    VFS_OPEN,
    VFS_DELETE,
    VFS_ACCESS,
    VFS_READ,
    VFS_WRITE,
    VFS_TRUNCATE,
    VFS_SYNC,
    VFS_FILE_SIZE,
    VFS_LOCK,
    VFS_SHM_MAP,
    VFS_SHM_LOCK,
    VFS_CALLS
};

struct vfs_fault {
    const char *name;
    enum vfs_call call;
    int code;     /* what SQLite is told */
    int number;   /* errno at that moment */
    bool partial; /* half of the bytes are read or written before */
};

/* Registers it; once per process. */
void vfs_register(void);

/* What the device promises: sector size, and that a write leaves other bytes of its sector alone
 * (otherwise SQLite pads each commit to whole sectors). For files opened from now on. */
void vfs_set_device(int sector, bool powersafe);

/* The n-th call (from 1) of the fault's method fails, and all later ones where `sticky`. NULL: none
 * does. Counts from now on. */
void vfs_set_fault(const struct vfs_fault *fault, long nth, bool sticky);

/* How many calls have failed since vfs_set_fault(). */
long vfs_failures(void);

/* How often a sync that had failed was tried again through the same handle: must stay 0. */
long vfs_retried_syncs(void);

#endif
