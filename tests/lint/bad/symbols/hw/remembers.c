static int calls;
int remembers(void)
{
    return ++calls;
}
