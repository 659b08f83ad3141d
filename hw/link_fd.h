/* What every link with a terminal descriptor does alike. Private to the links of hw/. */
#ifndef HW_LINK_FD_H
#define HW_LINK_FD_H

#include "hw/link.h"

/* Raw bytes both ways, and read() that answers "nothing now" with EAGAIN and never with 0, so that
 * 0 can only mean end of file. False with errno. */
bool link_fd_make_raw(int fd);

/* Nobody else may open the terminal while we have it. False with errno. */
bool link_fd_make_exclusive(int fd);

/* The ops' read and write. */
ssize_t link_fd_read(struct link *link, uint8_t *bytes, size_t size);
ssize_t link_fd_write(struct link *link, const uint8_t *bytes, size_t count);

#endif
