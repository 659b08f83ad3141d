int sp_open(void *port, int mode);
int opens_port(void *port)
{
    return sp_open(port, 1);
}
