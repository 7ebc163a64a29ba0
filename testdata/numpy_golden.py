#!/usr/bin/python3
"""Writes tensor/numpy.json: what NumPy makes of float32 arrays, for the tests of lane.Tensor.

Run it in this directory. NumPy 1.24 wrote the committed file; NumPy 2 moved
some limits of scientific notation.
"""
import json
import warnings

import numpy as np

f4 = np.float32
rng = np.random.default_rng(1)
warnings.simplefilter("ignore")
np.seterr(all="ignore")


def tensor(a):
    a = np.asarray(a, f4)
    return {"shape": list(a.shape), "data": " ".join(str(v) for v in a.ravel())}


def ramp(shape, start, step):
    """An array too large to list: element i is start + i*step."""
    n = int(np.prod(shape))
    a = (start + np.arange(n) * step).astype(f4).reshape(shape)
    return a, {"shape": list(shape), "ramp": [start, step]}


# Printing

prints = []
nan, inf = np.nan, np.inf
values = [
    0, -0.0, 1, -1, 1.5, 0.1, 1e-4, 9.9999e-5, 1e15, 1e16, 123456789, nan, inf, -inf,
    [], [[]], np.zeros((0, 3)), np.zeros((2, 0, 3)),
    [0], [-0.0], [1], [1, 2, 3], [-1, 2, -3], [1.5, 22.25, -333.125], [0.1, 0.2, 0.3], [1 / 3, 2 / 3],
    [1e-5], [1e-4], [1.1e-4], [1e-4, 1], [1e-3, 1], [9.99e-4, 1], [1, 1000], [1, 1001], [1, 1000.1], [0, 1001, -1],
    [1e8], [99999999], [9.9999992e7], [1e7], [12345678], [1e-5, 1.2345678], [0.1, 1e-9, 3.3333333], [1e8, 2e8], [1e38, 1e-38],
    [1e-45, 3.4e38], [1e-45], [3.4028235e38], [-1e10, 1e-10], [1e5, 1e-5, 0], [123456.789, 1000.001],
    [nan], [inf], [-inf], [nan, inf, -inf], [nan, 1], [inf, 1], [-inf, 1], [-inf, 1.5, nan], [nan, 123.456], [inf, 1e10], [-inf, 1e-10, nan],
    [nan, nan], [inf, 0.001], [-1, nan, 1], [[nan, 1], [2, -inf]],
    [[1, 2], [3, 4]], [[1.5, -2], [3, 4.25]], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], np.arange(24).reshape(2, 3, 4), np.arange(16).reshape(2, 2, 2, 2),
    np.ones((1, 1, 1)), np.ones((3, 1)), np.arange(30), np.arange(26) / 7, np.arange(72).reshape(2, 2, 18) * 1.25,
    2.0 ** -np.arange(14), 10.0 ** np.arange(-4, 4), [16777216, 16777217, 33554431],
    rng.standard_normal(12), rng.random((3, 7)), rng.standard_normal(9) * 1e-3, rng.standard_normal(9) * 1e6,
    10.0 ** rng.uniform(-10, 10, 10), rng.standard_normal((12, 1)), [0.00012345678, 0.1], [0.000123456789, 0.02], [1, 0.99999994],
]
for v in values:
    a = np.array(v, f4)
    prints.append({"of": tensor(a), "str": str(a)})
for shape, start, step in [
    ((1000,), 0, 1), ((1001,), 0, 1), ((1001,), -500, 1), ((2000,), 0, 0.1), ((40, 30), 0, 1), ((1200, 2), 0, 0.5), 
    ((7, 200), 0, 1), ((6, 200), 0, 1), ((20, 20, 20), 0, 1), ((2, 3, 400), 0, 1), ((2, 2, 9, 30), 0, 1), ((1001, 1), 0, 1e6), ((5000,), 1e-5, 1e-7),
]:
    a, recipe = ramp(shape, start, step)
    prints.append({"of": recipe, "str": str(a)})

# Basic slicing

slices = []
x = np.arange(60, dtype=f4).reshape(3, 4, 5)
for index in [
    "0", "-1", "3", "-4", "1:", ":2", ":", "::-1", "::2", "1:3", "2:1", "5:9", "-9:2", "-2:", ":-1", "::-2", "2:0:-1", "-1:-9:-1", "0:3:2", "9::-1", "::7",
    "1,2", "1,2,3", "-1,-1,-1", "0,4", "0,0,0,0", ":,1", ":,:,1", "...", "...,0", "0,...", "0,...,0", "...,1:3,::-1", "1:,...,-2", "None", "None,0",
    ":,None", "...,None", "None,...,None", "0,None,1", ":,::-1,::2", "::-1,::-1,::-1", "1:2,1:2,1:2", "1:1", ":,9:", "...,-3:-1", "0,1:3,None,::-2",
]:
    key = eval("np.s_[" + index + ",]")
    case = {"index": index}
    try:
        case["want"] = tensor(x[key])
    except IndexError:
        pass
    slices.append(case)

# Broadcasting

broadcasts = []
shapes = [(), (1,), (3,), (3, 1), (2, 3), (2, 1, 3), (0,), (1, 0), (2, 3, 4)]
for a in shapes:
    for b in shapes:
        case = {"a": list(a), "b": list(b)}
        try:
            case["want"] = list(np.broadcast_shapes(a, b))
        except ValueError:
            pass
        broadcasts.append(case)

# Element-wise operations, on awkward numbers

special = np.array([0, -0.0, 1, -2.5, 3, 1e-40, 1e30, nan, -inf], f4)
elementwise = []
for name, f in [
    ("Add", np.add), ("Sub", np.subtract), ("Mul", np.multiply), ("Div", np.divide), ("Pow", np.power), ("Maximum", np.maximum), ("Minimum", np.minimum),
    ("Eq", np.equal), ("Ne", np.not_equal), ("Lt", np.less), ("Le", np.less_equal), ("Gt", np.greater), ("Ge", np.greater_equal),
]:
    elementwise.append({"op": name, "x": tensor(special[:, None]), "y": tensor(special), "want": tensor(f(special[:, None], special))})
for name, f in [
    ("Neg", np.negative), ("Abs", np.abs), ("Sqrt", np.sqrt), ("Exp", np.exp), ("Log", np.log), ("Tanh", np.tanh),
    ("Sigmoid", lambda x: 1 / (1 + np.exp(-x.astype(np.float64)))),
]:
    elementwise.append({"op": name, "x": tensor(special), "want": tensor(f(special))})

# Products

products = []
small = lambda shape: rng.integers(-9, 10, shape).astype(f4)
for a, b in [
    ((3,), (3,)), ((3,), (4,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((2, 3), (2, 3)), ((), (3,)), ((2, 2), ()),
    ((2, 3, 4), (4,)), ((2, 3, 4), (4, 5)), ((4,), (2, 4, 3)), ((2, 1, 2, 3), (3, 3, 2)), ((3, 4), (2, 4, 2)),
    ((2, 3, 4), (3, 4, 5)), ((1, 3, 4), (3, 4, 2)), ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((0,), (0,)), ((2, 0, 3), (3, 1)), ((2, 3, 0), (2, 0, 2)), ((3, 1), (1, 3)),
    ((2, 3), (4, 5)), ((2, 2, 3), (3, 3, 2)),
]:
    x, y = small(a), small(b)
    case = {"x": tensor(x), "y": tensor(y)}
    for name, f in [("dot", np.dot), ("matmul", np.matmul)] + [("outer", np.outer)] * (x.size * y.size < 50):
        try:
            case[name] = tensor(f(x, y))
        except ValueError:
            pass
    products.append(case)

# Reductions

reductions = []
holes = rng.standard_normal((3, 4)).astype(f4)
holes[1, 2] = holes[2, 0] = nan
ties = np.array([[1, 3, 3], [0, 0, -1], [inf, inf, nan]], f4)
for x, axes in [
    (rng.standard_normal((2, 3, 4)), [None, (0,), (1,), (2,), (-1,), (-3,), (0, 1), (0, 2), (-1, 0), (0, 1, 2)]),
    (holes, [None, (0,), (1,)]),
    (ties, [None, (0,), (1,)]),
    (np.zeros((0,)), [None, (0,)]),
    (np.zeros((0, 0)), [None, (0,), (1,)]),
    (np.zeros((0, 3)), [None, (0,), (1,)]),
    (np.zeros((2, 0)), [None, (0,), (1,)]),
    (np.array(2.5), [None]),
]:
    x = np.asarray(x, f4)
    over = []
    for axis in axes:
        case = {"axes": list(axis or ())}
        for name, f in [("sum", np.sum), ("mean", np.mean), ("max", np.max), ("min", np.min), ("var", np.var), ("std", np.std)]:
            try:
                case[name] = tensor(f(x, axis=axis))
            except ValueError:
                pass
        if axis is None or len(axis) == 1:
            for name, f in [("argmax", np.argmax), ("argmin", np.argmin)]:
                try:
                    case[name] = np.ravel(f(x, axis=axis and axis[0])).tolist()
                except ValueError:
                    pass
        over.append(case)
    reductions.append({"x": tensor(x), "over": over})

# Making, reshaping and joining

transforms = [{"op": op, "want": tensor(eval(op))} for op in [
    "np.arange(5)", "np.arange(2, 5)", "np.arange(0, 1, 0.1)", "np.arange(5, 0, -1.5)", "np.arange(3, 1)",
    "np.linspace(0, 1, 5)", "np.linspace(0, 1, 7)", "np.linspace(2, -3, 4)", "np.linspace(1, 2, 1)", "np.linspace(1, 2, 0)", "np.eye(3)",
    "np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1)", "np.arange(24).reshape(2, 3, 4).T.reshape(6, 4)", "np.arange(24).reshape(2, 3, 4)[:, ::2].reshape(4, 4)",
    "np.concatenate([np.eye(2), np.ones((1, 2))])", "np.concatenate([np.eye(2), np.ones((2, 1))], -1)", "np.stack([np.arange(3), np.ones(3)])", "np.stack([np.arange(3), np.ones(3)], -1)",
]]

with open("tensor/numpy.json", "w") as out:
    out.write("{\n")
    parts = dict(prints=prints, slices=slices, broadcasts=broadcasts, elementwise=elementwise, products=products, reductions=reductions, transforms=transforms)
    out.write(",\n".join(f'"{name}": [\n' + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]" for name, cases in parts.items()))
    out.write("\n}\n")
