# The page of the UI benchmark in Python tkinter.  ui_page.py [HZ]: weights change so often a second
import sys, time, tkinter as tk
hz = int(sys.argv[1]) if len(sys.argv) > 1 else 0
r = tk.Tk(); r.geometry("1920x1080+0+0"); r.overrideredirect(True)
F = "Noto Sans CJK SC"
c = tk.Canvas(r, width=1920, height=1080, bg="#f5f5f5", highlightthickness=0); c.pack()
c.create_text(40, 30, anchor="nw", text="阳光小区垃圾分类投放点", font=(F, -44))
clk = c.create_text(1400, 40, anchor="nw", font=(F, -44))
tiles, ws, g = [], [], [0] * 4
classes = [("厨余垃圾", "#2e7d32"), ("可回收物", "#1565c0"), ("有害垃圾", "#c62828"),
           ("其他垃圾", "#616161")]
for i, (n, col) in enumerate(classes):
    x = 24 + i * 474
    t = c.create_rectangle(x, 160, x + 450, 1040, fill=col, width=0, tags="t%d" % i)
    c.create_text(x + 225, 330, text=n, fill="white", font=(F, -80), tags="t%d" % i)
    ws.append(c.create_text(x + 225, 600, text="0.00 kg", fill="white", font=(F, -80),
                            tags="t%d" % i))
    c.tag_bind("t%d" % i, "<ButtonPress-1>", lambda e, t=t: c.itemconfig(t, fill="#ffd600"))
    c.tag_bind("t%d" % i, "<ButtonRelease-1>", lambda e, t=t, col=col: c.itemconfig(t, fill=col))
def clock(): c.itemconfig(clk, text=time.strftime("%Y-%m-%d %H:%M:%S")); r.after(1000, clock)
def weights():
    for i, w in enumerate(ws):
        g[i] = (g[i] + 10 * (i + 1)) % 60000; c.itemconfig(w, text="%.2f kg" % (g[i] / 1000))
    r.after(1000 // hz, weights)
clock()
if hz: weights()
r.mainloop()
