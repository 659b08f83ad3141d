#include "tests/faults/medium.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_SIZE = 96, NAMES_MAX = 64, INODES_MAX = 256, PATH_SIZE = 1024, MEDIA_MAX = 4 };

struct bytes {
    uint8_t *data;
    int64_t size, room;
};

struct pending_write {
    bool is_truncation; /* to `offset` */
    int64_t offset;
    size_t size;
    uint8_t *data;
};

struct inode {
    struct bytes synced;
    struct pending_write *pending;
    int count, room;
};

struct name {
    char text[NAME_SIZE];
    int inode; /* -1: there is no such file */
};

struct names {
    struct name list[NAMES_MAX];
    int count;
};

/* One change of the directory; a rename changes two names at once. */
struct change {
    struct name first, second;
    bool has_second;
};

struct medium {
    char directory[PATH_SIZE];
    struct inode inodes[INODES_MAX];
    int inode_count;
    struct names synced, now;
    struct change *changes;
    int change_count, change_room;
    medium_hook *hook;
    void *context;
};

static struct medium *media[MEDIA_MAX];

uint64_t medium_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void *must(void *memory)
{
    if (memory == NULL) {
        abort();
    }
    return memory;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void resize(struct bytes *bytes, int64_t size)
{
    if (size > bytes->room) {
        bytes->room = size + size / 2 + 4096;
        bytes->data = must(realloc(bytes->data, (size_t)bytes->room));
    }
    if (size > bytes->size) {
        memset(bytes->data + bytes->size, 0, (size_t)(size - bytes->size));
    }
    bytes->size = size;
}

static void place(struct bytes *bytes, const uint8_t *data, size_t size, int64_t offset)
{
    int64_t end = offset + (int64_t)size;
    if (size == 0) {
        return;
    }
    if (end > bytes->size) {
        resize(bytes, end);
    }
    memcpy(bytes->data + offset, data, size);
}

static void forget_writes(struct inode *inode)
{
    for (int i = 0; i < inode->count; i++) {
        free(inode->pending[i].data);
    }
    inode->count = 0;
}

static struct pending_write *add_write(struct inode *inode)
{
    if (inode->count == inode->room) {
        inode->room = 2 * inode->room + 16;
        inode->pending =
            must(realloc(inode->pending, (size_t)inode->room * sizeof *inode->pending));
    }
    struct pending_write *write = &inode->pending[inode->count++];
    *write = (struct pending_write){0};
    return write;
}

static void do_write(struct bytes *bytes, const struct pending_write *write)
{
    if (write->is_truncation) {
        resize(bytes, write->offset);
    } else {
        place(bytes, write->data, write->size, write->offset);
    }
}

static struct inode *new_inode(struct medium *medium)
{
    assert(medium->inode_count < INODES_MAX);
    struct inode *inode = &medium->inodes[medium->inode_count++];
    *inode = (struct inode){0};
    return inode;
}

/* ---- names ----------------------------------------------------------------------------------- */

static struct name *find_name(struct names *names, const char *text)
{
    for (int i = 0; i < names->count; i++) {
        if (strcmp(names->list[i].text, text) == 0) {
            return &names->list[i];
        }
    }
    assert(names->count < NAMES_MAX && strlen(text) < NAME_SIZE);
    struct name *name = &names->list[names->count++];
    snprintf(name->text, NAME_SIZE, "%s", text);
    name->inode = -1;
    return name;
}

static struct name set_name(struct medium *medium, const char *text, int inode)
{
    struct name *name = find_name(&medium->now, text);
    name->inode = inode;
    return *name;
}

static struct change *add_change(struct medium *medium)
{
    if (medium->change_count == medium->change_room) {
        medium->change_room = 2 * medium->change_room + 16;
        medium->changes =
            must(realloc(medium->changes, (size_t)medium->change_room * sizeof *medium->changes));
    }
    struct change *change = &medium->changes[medium->change_count++];
    *change = (struct change){.has_second = false};
    return change;
}

static void do_change(struct names *names, const struct change *change)
{
    find_name(names, change->first.text)->inode = change->first.inode;
    if (change->has_second) {
        find_name(names, change->second.text)->inode = change->second.inode;
    }
}

static struct inode *inode_of(struct medium *medium, const char *name)
{
    medium_create(medium, name);
    return &medium->inodes[find_name(&medium->now, name)->inode];
}

/* ---- watching -------------------------------------------------------------------------------- */

static void take_file(struct medium *medium, const char *name)
{
    char path[PATH_SIZE + NAME_SIZE];
    struct stat state;
    snprintf(path, sizeof path, "%s/%s", medium->directory, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &state) != 0 || !S_ISREG(state.st_mode)) {
        if (file >= 0) {
            close(file);
        }
        return;
    }
    struct inode *inode = new_inode(medium);
    resize(&inode->synced, state.st_size);
    if (read(file, inode->synced.data, (size_t)state.st_size) != state.st_size) {
        abort();
    }
    close(file);
    set_name(medium, name, medium->inode_count - 1);
}

struct medium *medium_watch(const char *directory)
{
    struct medium *medium = must(calloc(1, sizeof *medium));
    snprintf(medium->directory, sizeof medium->directory, "%s", directory);
    DIR *listing = must(opendir(directory));
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        take_file(medium, entry->d_name);
    }
    closedir(listing);
    medium->synced = medium->now;
    int slot = 0;
    while (slot < MEDIA_MAX && media[slot] != NULL) {
        slot++;
    }
    assert(slot < MEDIA_MAX);
    media[slot] = medium;
    return medium;
}

void medium_free(struct medium *medium)
{
    for (int i = 0; i < MEDIA_MAX; i++) {
        if (media[i] == medium) {
            media[i] = NULL;
        }
    }
    for (int i = 0; i < medium->inode_count; i++) {
        forget_writes(&medium->inodes[i]);
        free(medium->inodes[i].pending);
        free(medium->inodes[i].synced.data);
    }
    free(medium->changes);
    free(medium);
}

struct medium *medium_of(const char *path, const char **name)
{
    for (int i = 0; i < MEDIA_MAX; i++) {
        size_t length = media[i] == NULL ? 0 : strlen(media[i]->directory);
        if (length > 0 && strncmp(path, media[i]->directory, length) == 0 &&
            (path[length] == '/' || path[length] == '\0')) {
            *name = path[length] == '/' ? path + length + 1 : "";
            return strchr(*name, '/') == NULL ? media[i] : NULL;
        }
    }
    return NULL;
}

void medium_on_sync(struct medium *medium, medium_hook *hook, void *context)
{
    medium->hook = hook;
    medium->context = context;
}

/* ---- what the program does ------------------------------------------------------------------- */

void medium_create(struct medium *medium, const char *name)
{
    if (find_name(&medium->now, name)->inode >= 0) {
        return;
    }
    (void)new_inode(medium);
    add_change(medium)->first = set_name(medium, name, medium->inode_count - 1);
}

void medium_write(struct medium *medium, const char *name, const void *data, size_t size,
                  int64_t offset)
{
    struct pending_write *write = add_write(inode_of(medium, name));
    write->offset = offset;
    write->size = size;
    write->data = must(malloc(size + 1));
    memcpy(write->data, data, size);
}

void medium_truncate(struct medium *medium, const char *name, int64_t size)
{
    struct pending_write *write = add_write(inode_of(medium, name));
    write->is_truncation = true;
    write->offset = size;
}

void medium_unlink(struct medium *medium, const char *name)
{
    if (find_name(&medium->now, name)->inode >= 0) {
        add_change(medium)->first = set_name(medium, name, -1);
    }
}

void medium_rename(struct medium *medium, const char *from, const char *to)
{
    int inode = find_name(&medium->now, from)->inode;
    struct change *change = add_change(medium);
    change->first = set_name(medium, to, inode);
    change->second = set_name(medium, from, -1);
    change->has_second = true;
}

void medium_sync(struct medium *medium, const char *name)
{
    if (medium->hook != NULL) {
        medium->hook(medium->context, medium);
    }
    struct inode *inode = inode_of(medium, name);
    for (int i = 0; i < inode->count; i++) {
        do_write(&inode->synced, &inode->pending[i]);
    }
    forget_writes(inode);
}

void medium_sync_directory(struct medium *medium)
{
    if (medium->hook != NULL) {
        medium->hook(medium->context, medium);
    }
    medium->synced = medium->now;
    medium->change_count = 0;
}

void medium_fail_sync(struct medium *medium, const char *name, uint64_t chance)
{
    struct inode *inode = inode_of(medium, name);
    for (int i = 0; i < inode->count; i++) {
        if (inode->pending[i].is_truncation || medium_random(&chance) % 2 == 0) {
            do_write(&inode->synced, &inode->pending[i]);
        }
    }
    forget_writes(inode);
}

/* ---- the cut --------------------------------------------------------------------------------- */

enum fate { FATE_KEPT, FATE_DROPPED, FATE_GARBLED };

static enum fate draw_fate(const struct cut *cut, uint64_t *random)
{
    if (cut->manner != CUT_AT_RANDOM) {
        return cut->manner == CUT_KEEPS_ALL ? FATE_KEPT : FATE_DROPPED;
    }
    uint64_t drawn = medium_random(random) % 8;
    return drawn < 4 ? FATE_KEPT : drawn < 7 ? FATE_DROPPED : FATE_GARBLED;
}

static void garble(struct bytes *bytes, int64_t from, int64_t to, uint64_t *random)
{
    if (to > bytes->size) {
        resize(bytes, to);
    }
    for (int64_t at = from; at < to; at++) {
        bytes->data[at] = (uint8_t)medium_random(random);
    }
}

static void cut_write(struct bytes *bytes, const struct pending_write *write, const struct cut *cut,
                      uint64_t *random)
{
    int64_t end = write->offset + (int64_t)write->size;
    for (int64_t at = write->offset; at < end;) {
        int64_t sector = at - at % cut->sector, next = sector + cut->sector;
        int64_t stop = next < end ? next : end;
        enum fate fate = draw_fate(cut, random);
        if (fate == FATE_KEPT) {
            place(bytes, write->data + (at - write->offset), (size_t)(stop - at), at);
        } else if (fate == FATE_GARBLED) {
            garble(bytes, cut->whole_sectors ? sector : at, cut->whole_sectors ? next : stop,
                   random);
        }
        at = stop;
    }
}

static void cut_inode(const struct inode *inode, const struct cut *cut, uint64_t *random,
                      const char *path)
{
    struct bytes bytes = {0};
    if (inode->synced.size > 0) {
        place(&bytes, inode->synced.data, (size_t)inode->synced.size, 0);
    }
    for (int i = 0; i < inode->count; i++) {
        const struct pending_write *write = &inode->pending[i];
        if (!write->is_truncation) {
            cut_write(&bytes, write, cut, random);
        } else if (draw_fate(cut, random) == FATE_KEPT) {
            resize(&bytes, write->offset);
        }
    }
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 ||
        (bytes.size > 0 && write(file, bytes.data, (size_t)bytes.size) != (ssize_t)bytes.size) ||
        close(file) != 0) {
        abort();
    }
    free(bytes.data);
}

void medium_empty(const char *directory)
{
    char path[PATH_SIZE + NAME_SIZE];
    DIR *listing = must(opendir(directory));
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            snprintf(path, sizeof path, "%s/%.90s", directory, entry->d_name);
            remove(path);
        }
    }
    closedir(listing);
}

void medium_cut(const struct medium *medium, const struct cut *cut, const char *directory)
{
    char path[PATH_SIZE + NAME_SIZE];
    uint64_t random = cut->seed;
    struct names left = medium->synced;
    uint64_t done = cut->manner == CUT_DROPS_ALL ? 0
                    : cut->manner == CUT_KEEPS_ALL
                        ? (uint64_t)medium->change_count
                        : medium_random(&random) % ((uint64_t)medium->change_count + 1);
    for (uint64_t i = 0; i < done; i++) {
        do_change(&left, &medium->changes[i]);
    }
    medium_empty(directory);
    for (int i = 0; i < left.count; i++) {
        if (left.list[i].inode >= 0) {
            snprintf(path, sizeof path, "%s/%s", directory, left.list[i].text);
            cut_inode(&medium->inodes[left.list[i].inode], cut, &random, path);
        }
    }
}
