void *malloc(unsigned long size);
void *allocates(void)
{
    return malloc(4);
}
