/* The program's own file calls, told to the watched medium (medium.h).
 *
 * Linked with --wrap for each of them (CMakeLists.txt); what SQLite does goes through vfs.c
 * instead.
 */
#include "tests/faults/medium.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 1024 };

int __real_open(const char *path, int flags, ...);
ssize_t __real_write(int file, const void *from, size_t size);
ssize_t __real_pwrite(int file, const void *from, size_t size, off_t offset);
int __real_fsync(int file);
int __real_fdatasync(int file);
int __real_ftruncate(int file, off_t size);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);

int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_write(int file, const void *from, size_t size);
ssize_t __wrap_pwrite(int file, const void *from, size_t size, off_t offset);
int __wrap_fsync(int file);
int __wrap_fdatasync(int file);
int __wrap_ftruncate(int file, off_t size);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);

static struct {
    long nth, calls, failures;
    bool sticky;
    int number;
} fault;

void medium_calls_fail(long nth, bool sticky, int number)
{
    fault.nth = nth;
    fault.sticky = sticky;
    fault.number = number;
    fault.calls = fault.failures = 0;
}

long medium_calls_failures(void)
{
    return fault.failures;
}

/* Whether this call into a watched directory must fail; errno is set then. */
static bool fails(const struct medium *medium)
{
    if (medium == NULL || fault.nth == 0) {
        return false;
    }
    fault.calls++;
    if (fault.calls < fault.nth || (fault.calls > fault.nth && !fault.sticky)) {
        return false;
    }
    fault.failures++;
    errno = fault.number;
    return true;
}

static struct medium *medium_of_file(int file, char path[PATH_SIZE], const char **name)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_SIZE - 1);
    if (length <= 0) {
        return NULL;
    }
    path[length] = '\0';
    return medium_of(path, name);
}

int __wrap_open(const char *path, int flags, ...)
{
    const char *name = "";
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? (mode_t)va_arg(arguments, int) : 0;
    va_end(arguments);
    struct medium *medium = medium_of(path, &name);
    if (fails(medium)) {
        return -1;
    }
    int file = __real_open(path, flags, mode);
    if (file < 0 || medium == NULL || *name == '\0') {
        return file;
    }
    if (flags & O_CREAT) {
        medium_create(medium, name);
    }
    if (flags & O_TRUNC) {
        medium_truncate(medium, name, 0);
    }
    return file;
}

ssize_t __wrap_pwrite(int file, const void *from, size_t size, off_t offset)
{
    char path[PATH_SIZE];
    const char *name;
    struct medium *medium = medium_of_file(file, path, &name);
    /* Half of it, as a medium that fills up takes it; the next call says why. */
    size_t part = fails(medium) ? size / 2 : size;
    if (part == 0) {
        return -1;
    }
    ssize_t written = __real_pwrite(file, from, part, offset);
    if (medium != NULL && written > 0) {
        medium_write(medium, name, from, (size_t)written, offset);
    }
    return written;
}

ssize_t __wrap_write(int file, const void *from, size_t size)
{
    off_t offset = lseek(file, 0, SEEK_CUR);
    if (offset < 0) {
        return __real_write(file, from, size); /* a pipe, a terminal */
    }
    ssize_t written = __wrap_pwrite(file, from, size, offset);
    if (written > 0) {
        (void)lseek(file, offset + written, SEEK_SET);
    }
    return written;
}

/* Nothing is really synced: the files live in memory or will be thrown away. */
static int sync_file(int file)
{
    char path[PATH_SIZE];
    const char *name;
    struct medium *medium = medium_of_file(file, path, &name);
    if (fails(medium)) {
        return -1;
    }
    if (medium != NULL && *name == '\0') {
        medium_sync_directory(medium);
    } else if (medium != NULL) {
        medium_sync(medium, name);
    }
    return 0;
}

int __wrap_fsync(int file)
{
    return sync_file(file);
}

int __wrap_fdatasync(int file)
{
    return sync_file(file);
}

int __wrap_ftruncate(int file, off_t size)
{
    char path[PATH_SIZE];
    const char *name;
    struct medium *medium = medium_of_file(file, path, &name);
    if (fails(medium)) {
        return -1;
    }
    int result = __real_ftruncate(file, size);
    if (medium != NULL && result == 0) {
        medium_truncate(medium, name, size);
    }
    return result;
}

int __wrap_rename(const char *from, const char *to)
{
    const char *from_name, *to_name;
    struct medium *medium = medium_of(from, &from_name);
    if (fails(medium)) {
        return -1;
    }
    int result = __real_rename(from, to);
    if (medium != NULL && result == 0 && medium_of(to, &to_name) == medium) {
        medium_rename(medium, from_name, to_name);
    }
    return result;
}

int __wrap_unlink(const char *path)
{
    const char *name;
    struct medium *medium = medium_of(path, &name);
    if (fails(medium)) {
        return -1;
    }
    int result = __real_unlink(path);
    if (medium != NULL && result == 0) {
        medium_unlink(medium, name);
    }
    return result;
}
