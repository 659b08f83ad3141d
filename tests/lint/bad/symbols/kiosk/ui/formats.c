/* Right. */
int snprintf(char *text, unsigned long size, const char *format, ...);
int formats(char *text, int x)
{
    return snprintf(text, 8, "%d", x);
}
