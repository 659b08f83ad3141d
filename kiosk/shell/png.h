/* PNG pictures of the panel: screen shots and golden pictures. RGB, 8 bits, no time stamps: the
 * same pixels give the same file. Any thread.
 */
#ifndef KIOSK_SHELL_PNG_H
#define KIOSK_SHELL_PNG_H

#include "kiosk/shell/raster.h"

enum { PNG_ERROR_MAX = 200 };

/* Writes through a temporary name, so that a picture is whole or not there. 0, or -1 with file and
 * reason. */
int png_write(const char *path, const struct raster_target *picture, char error[PNG_ERROR_MAX]);

/* Reads a picture of any PNG kind, without its transparency. `picture->pixels` is the caller's to
 * free(). 0, or -1 with file and reason. */
int png_read(const char *path, struct raster_target *picture, char error[PNG_ERROR_MAX]);

#endif
