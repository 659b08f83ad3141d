/* The program's own file calls, told to the watched medium (medium.h).
 *
 * Linked with --wrap for each of them (CMakeLists.txt); what SQLite does goes through vfs.c
 * instead.
 */
#include "tests/faults/medium.h"

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
    const char *name;
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? (mode_t)va_arg(arguments, int) : 0;
    va_end(arguments);
    int file = __real_open(path, flags, mode);
    struct medium *medium = file < 0 ? NULL : medium_of(path, &name);
    if (medium != NULL && *name != '\0' && (flags & O_CREAT)) {
        medium_create(medium, name);
    }
    if (medium != NULL && *name != '\0' && (flags & O_TRUNC)) {
        medium_truncate(medium, name, 0);
    }
    return file;
}

ssize_t __wrap_write(int file, const void *from, size_t size)
{
    char path[PATH_SIZE];
    const char *name;
    off_t offset = lseek(file, 0, SEEK_CUR);
    ssize_t written = __real_write(file, from, size);
    struct medium *medium = written > 0 && offset >= 0 ? medium_of_file(file, path, &name) : NULL;
    if (medium != NULL) {
        medium_write(medium, name, from, (size_t)written, offset);
    }
    return written;
}

ssize_t __wrap_pwrite(int file, const void *from, size_t size, off_t offset)
{
    char path[PATH_SIZE];
    const char *name;
    ssize_t written = __real_pwrite(file, from, size, offset);
    struct medium *medium = written > 0 ? medium_of_file(file, path, &name) : NULL;
    if (medium != NULL) {
        medium_write(medium, name, from, (size_t)written, offset);
    }
    return written;
}

/* Nothing is really synced: the files live in memory or will be thrown away. */
static int sync_file(int file)
{
    char path[PATH_SIZE];
    const char *name;
    struct medium *medium = medium_of_file(file, path, &name);
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
    int result = __real_ftruncate(file, size);
    struct medium *medium = result == 0 ? medium_of_file(file, path, &name) : NULL;
    if (medium != NULL) {
        medium_truncate(medium, name, size);
    }
    return result;
}

int __wrap_rename(const char *from, const char *to)
{
    const char *from_name, *to_name;
    int result = __real_rename(from, to);
    struct medium *medium = result == 0 ? medium_of(from, &from_name) : NULL;
    if (medium != NULL && medium_of(to, &to_name) == medium) {
        medium_rename(medium, from_name, to_name);
    }
    return result;
}

int __wrap_unlink(const char *path)
{
    const char *name;
    int result = __real_unlink(path);
    struct medium *medium = result == 0 ? medium_of(path, &name) : NULL;
    if (medium != NULL) {
        medium_unlink(medium, name);
    }
    return result;
}
