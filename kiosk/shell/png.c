#include "kiosk/shell/png.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BYTES = 3,        /* of a pixel in the file */
    SIDE_MAX = 16384, /* px; larger files are refused */
    COMPRESSION = 9   /* zlib: pictures are rare, and kept */
};

struct writer {
    FILE *file;
    png_structp png;
    png_infop info;
    png_bytep row;
};

/* libpng leaves by longjmp: everything to be freed is reached through *writer. */
static int write_rows(struct writer *writer, const struct raster_target *picture)
{
    if (setjmp(png_jmpbuf(writer->png))) {
        return -1;
    }
    png_init_io(writer->png, writer->file);
    png_set_compression_level(writer->png, COMPRESSION);
    png_set_filter(writer->png, 0, PNG_FILTER_NONE); /* flat areas: filters only add noise */
    png_set_IHDR(writer->png, writer->info, (png_uint_32)picture->width,
                 (png_uint_32)picture->height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(writer->png, writer->info);
    for (int y = 0; y < picture->height; y++) {
        const uint32_t *pixels = picture->pixels + (ptrdiff_t)y * picture->stride;
        for (int x = 0; x < picture->width; x++) {
            writer->row[x * BYTES] = (png_byte)(pixels[x] >> 16);
            writer->row[x * BYTES + 1] = (png_byte)(pixels[x] >> 8);
            writer->row[x * BYTES + 2] = (png_byte)pixels[x];
        }
        png_write_row(writer->png, writer->row);
    }
    png_write_end(writer->png, writer->info);
    return fflush(writer->file) == 0 ? 0 : -1;
}

int png_write(const char *path, const struct raster_target *picture, char error[PNG_ERROR_MAX])
{
    char partial[4096];
    if (snprintf(partial, sizeof partial, "%s.part", path) >= (int)sizeof partial) {
        snprintf(error, PNG_ERROR_MAX, "picture: the path is too long: choose a shorter one");
        return -1;
    }
    struct writer writer = {.file = fopen(partial, "wb")};
    if (writer.file == NULL) {
        snprintf(error, PNG_ERROR_MAX, "%.120s: cannot be written: %s", partial, strerror(errno));
        return -1;
    }
    int result = -1;
    writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    writer.info = writer.png == NULL ? NULL : png_create_info_struct(writer.png);
    writer.row = malloc((size_t)picture->width * BYTES);
    if (writer.info != NULL && writer.row != NULL) {
        result = write_rows(&writer, picture);
    }
    free(writer.row);
    png_destroy_write_struct(&writer.png, &writer.info);
    if (fclose(writer.file) != 0) {
        result = -1;
    }
    if (result == 0 && rename(partial, path) != 0) {
        result = -1;
    }
    if (result != 0) {
        snprintf(error, PNG_ERROR_MAX, "%.120s: cannot be written: %s", path,
                 errno != 0 ? strerror(errno) : "out of memory");
        remove(partial);
    }
    return result;
}

int png_read(const char *path, struct raster_target *picture, char error[PNG_ERROR_MAX])
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    *picture = (struct raster_target){0};
    if (!png_image_begin_read_from_file(&image, path)) {
        snprintf(error, PNG_ERROR_MAX, "%.120s: %.64s", path, image.message);
        return -1;
    }
    uint8_t *bytes = NULL;
    uint32_t *pixels = NULL;
    image.format = PNG_FORMAT_RGB;
    if (image.width <= SIDE_MAX && image.height <= SIDE_MAX) {
        size_t count = (size_t)image.width * image.height;
        bytes = malloc(count * BYTES);
        pixels = malloc(count * sizeof *pixels);
    }
    if (bytes == NULL || pixels == NULL || !png_image_finish_read(&image, NULL, bytes, 0, NULL)) {
        snprintf(error, PNG_ERROR_MAX, "%.120s: %.64s", path,
                 image.message[0] != '\0' ? image.message : "too large");
        png_image_free(&image);
        free(bytes);
        free(pixels);
        return -1;
    }
    for (size_t i = 0; i < (size_t)image.width * image.height; i++) {
        pixels[i] = 0xFF000000 | (uint32_t)bytes[i * BYTES] << 16 |
                    (uint32_t)bytes[i * BYTES + 1] << 8 | bytes[i * BYTES + 2];
    }
    free(bytes);
    *picture =
        (struct raster_target){pixels, (int)image.width, (int)image.width, (int)image.height};
    return 0;
}
