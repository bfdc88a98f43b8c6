# SPDX-License-Identifier: Apache-2.0
"""nibabel as the second opinion on NIfTI-1: writes images for the reader, reads what was written.

usage: oracle.py make FOLDER      images NAME.nii[.gz] beside NAME.expected (doubles: 12 of the
                                  affine, then the values, first index fastest)
       oracle.py check FILE       prints the shape, the affine and three values of a map
"""
import sys

try:
    import nibabel
    import numpy
except ImportError:
    sys.exit(77)


def expect(folder, name, affine, values):
    with open(f"{folder}/{name}.expected", "wb") as f:
        numpy.asarray(affine, "<f8")[:3].tofile(f)
        numpy.asarray(values, "<f8").ravel(order="F").tofile(f)


def turned(seed):
    r = numpy.random.default_rng(seed)
    turn = numpy.linalg.qr(r.normal(size=(3, 3)))[0]
    affine = numpy.eye(4)
    affine[:3, :3] = turn @ numpy.diag(r.uniform(0.5, 4, 3))
    affine[:3, 3] = r.uniform(-120, 120, 3)
    return affine


def make(folder):
    r = numpy.random.default_rng(5)
    kinds = "i1 u1 i2 u2 i4 u4 i8 u8 f4 f8".split()
    for seed, kind in enumerate(kinds):
        for order in "<>":
            for scaled in (False, True):
                for by in ("sform", "qform"):
                    name = f"{kind}_{'le' if order == '<' else 'be'}_{scaled:d}_{by}"
                    shape = (4, 3, 5) if scaled else (3, 4, 2, 3)
                    raw = (r.normal(size=shape) * 50).clip(-100, 100)
                    raw = abs(raw) if kind[0] == "u" else raw
                    raw = raw.astype(order + kind)
                    header = nibabel.Nifti1Header(endianness=order)
                    header.set_data_dtype(raw.dtype)
                    header.set_data_shape(shape)
                    affine = turned(seed)
                    if by == "sform":
                        header.set_sform(affine, code=4)
                    else:
                        header.set_qform(affine, code=1)
                    if scaled:
                        header["scl_slope"], header["scl_inter"] = 0.5, -3
                    header["magic"] = b"n+1"
                    header["vox_offset"] = 352
                    data = header.binaryblock + bytes(4) + raw.tobytes(order="F")
                    compressed = seed % 2 == 0
                    path = f"{folder}/{name}.nii" + (".gz" if compressed else "")
                    with nibabel.openers.ImageOpener(path, "wb") as f:
                        f.write(data)
                    image = nibabel.load(path)
                    expect(folder, name, image.affine, image.get_fdata())


def check(path):
    image = nibabel.load(path)
    print(*image.shape, image.get_data_dtype())
    for row in image.affine[:3]:
        print(*(f"{v:.6f}" for v in row))
    data = image.get_fdata()
    print(f"{data[0, 0, 0]:.6f} {data[1, 0, 0]:.6f} {data[-1, -1, -1]:.6f}")


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](sys.argv[2])
