#!/usr/bin/env python3
"""Writes the golden files of the optimizers and the schedules: what PyTorch computes.

    python3 optim_golden.py         writes optim/*.json beside this script

Each file maps a name to {"shape": […], "data": […]}, row after row. An optimizer's file holds a parameter
before ("before"), the gradients of each step, one a row ("grads"), and the parameter after each step, one a
row ("after"). The rate is halved after half of the steps.
"""

import json
import pathlib

import torch

OUT = pathlib.Path(__file__).parent / "optim"
STEPS, SIZE = 8, 12


def write(name, arrays):
    lines = []
    for key, value in arrays.items():
        value = torch.as_tensor(value, dtype=torch.float64)
        data = ",".join(format(v, ".9g") for v in value.reshape(-1).tolist())
        lines.append('"%s": {"shape": %s, "data": [%s]}' % (key, json.dumps(list(value.shape)), data))
    OUT.mkdir(exist_ok=True)
    (OUT / (name + ".json")).write_text("{\n" + ",\n".join(lines) + "\n}\n")


def optimizer(name, make):
    torch.manual_seed(1)
    p = torch.nn.Parameter(torch.randn(SIZE))
    # Gradients of every size, as each formula's epsilon matters for the small ones only; the
    # first element's is always zero.
    grads = torch.randn(STEPS, SIZE) * torch.logspace(-9, 3, SIZE)
    grads[:, 0] = 0
    before, after = p.detach().clone(), []
    o = make([p])
    for step in range(STEPS):
        if step == STEPS // 2:
            o.param_groups[0]["lr"] /= 2
        p.grad = grads[step].clone()
        o.step()
        after.append(p.detach().clone())
    write(name, {"before": before, "grads": grads, "after": torch.stack(after)})


def rates(scheduler, optimizer, steps, momentum=False):
    lr, mu = [], []
    for step in range(steps):
        lr.append(optimizer.param_groups[0]["lr"])
        mu.append(optimizer.param_groups[0].get("momentum", 0))
        if step < steps - 1:
            optimizer.step()
            scheduler.step()
    return {"rate": lr, "momentum": mu} if momentum else {"rate": lr}


def schedules():
    def sgd(lr):
        return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr, momentum=0.9)

    for steps in (3, 10, 41):
        o = sgd(0.5)
        s = torch.optim.lr_scheduler.OneCycleLR(o, max_lr=0.5, total_steps=steps)
        write("schedule_onecycle_%d" % steps, rates(s, o, steps, momentum=True))
    o = sgd(0.5)
    s = torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=20, eta_min=0.01)
    write("schedule_cosine", rates(s, o, 21))


optimizer("sgd", lambda p: torch.optim.SGD(p, lr=0.1))
optimizer("momentum", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9))
optimizer("adagrad", lambda p: torch.optim.Adagrad(p, lr=0.1))
optimizer("adam", lambda p: torch.optim.Adam(p, lr=0.1))
optimizer("adamw", lambda p: torch.optim.AdamW(p, lr=0.1))
schedules()
