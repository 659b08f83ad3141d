/* Right: a copy, and its own room. */
void *memcpy(void *to, const void *from, unsigned long size);
int counts(void);
int pure(char *to, const char *from, unsigned long size)
{
    memcpy(to, from, size);
    return counts();
}
