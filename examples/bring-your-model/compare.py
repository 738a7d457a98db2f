"""What an exported model says of images in Python, beside what fedward said of them.

    python compare.py model.onnx images.npz predictions.csv

`pip install numpy onnxruntime`. The images are the arrays of the .npz file whose names end with `images`, [N, 28, 28], such as
MedMNIST's; the predictions are those of `fedward model predict` for the same file. Prints the largest difference of a probability, and ends with 1 where it is above 1e-5.
"""

import csv
import sys

import numpy
import onnxruntime

model, images, predictions = sys.argv[1:]
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
(given,) = session.get_inputs()
arrays = numpy.load(images)
probabilities = []
for name in [name for name in arrays.files if name.endswith("images")]:
    pixels = arrays[name].astype(numpy.float64)[..., numpy.newaxis]
    for start in range(0, len(pixels), 256):  # all at once would take gigabytes
        probabilities += session.run(["probabilities"], {given.name: pixels[start : start + 256]})
probabilities = numpy.concatenate(probabilities)
with open(predictions, newline="") as file:
    rows = list(csv.DictReader(file))
columns = [name for name in rows[0] if name.startswith("probability")]
told = numpy.array([[float(row[name]) for name in columns] for row in rows])
if len(told) != len(probabilities):
    sys.exit(f"{predictions} has {len(told)} rows, and {images} {len(probabilities)} images")
worst = numpy.abs(probabilities[:, -told.shape[1] :] - told).max()
print(f"{len(rows)} images; the largest difference of a probability is {worst:.2g}")
sys.exit(0 if worst <= 1e-5 else 1)
