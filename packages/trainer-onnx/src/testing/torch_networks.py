"""The networks of write_networks.py: families as torchvision and transformers have them, and others in plain PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn

CLASSES = 3


def tv(name, **more):
    """Of torchvision. Beside a PyTorch for CPUs its compiled operators may not load; classifiers need none of them."""

    def make():
        try:
            import torchvision
        except RuntimeError:
            for nms in ("nms", "qnms"):
                torch.library.define(
                    f"torchvision::{nms}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
                )
            import torchvision
        return getattr(torchvision.models, name)(weights=None, num_classes=CLASSES, **more)

    return make


def vgg():
    model = tv("vgg11_bn")()
    model.avgpool = nn.AdaptiveAvgPool2d(1)
    model.classifier = nn.Sequential(nn.Linear(512, 64), nn.ReLU(), nn.Dropout(), nn.Linear(64, CLASSES))
    return model


def vit():
    tv("resnet18")()
    from torchvision.models import VisionTransformer

    model = VisionTransformer(
        image_size=32, patch_size=8, num_layers=3, num_heads=4, hidden_dim=64, mlp_dim=128, num_classes=CLASSES
    )
    nn.init.normal_(model.heads[0].weight, std=0.1)  # zeros at first: nothing below would be moved
    return model


def swin():
    tv("resnet18")()
    from torchvision.models.swin_transformer import SwinTransformer

    return SwinTransformer(
        patch_size=[4, 4], embed_dim=24, depths=[2, 2], num_heads=[2, 4], window_size=[4, 4], num_classes=CLASSES
    )


class TextEncoder(nn.Module):
    """Whole numbers as floats in, torch's own encoder layers, mean over tokens."""

    def __init__(self, norm_first=False):
        super().__init__()
        self.words, self.places = nn.Embedding(50, 32), nn.Parameter(torch.randn(12, 32) * 0.1)
        layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, activation="gelu", norm_first=norm_first)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(32, CLASSES)

    def forward(self, x):
        return self.head(self.encoder(self.words(x.long()) + self.places).mean(1))


def hf_bert():
    """Of transformers, all tokens attended to: a mask that is computed of the tokens is built by places across examples."""
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        vocab_size=50,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=16,
        num_labels=CLASSES,
    )

    class Wrapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.bert = BertForSequenceClassification(config)

        def forward(self, x):
            return self.bert(input_ids=x.long()).logits

    return Wrapped()


def hf_vit():
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(
        image_size=32,
        patch_size=8,
        hidden_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=96,
        num_labels=CLASSES,
    )

    class Wrapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.vit = ViTForImageClassification(config)

        def forward(self, x):
            return self.vit(pixel_values=x).logits

    return Wrapped()


class Ecg(nn.Module):
    """1-D residual network with squeeze and excitation, for signals of 12 leads."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv1d(12, 16, 7, stride=2, padding=3, bias=False), nn.BatchNorm1d(16), nn.ReLU(), nn.MaxPool1d(3, 2, 1)
        )
        self.a = nn.Sequential(
            nn.Conv1d(16, 16, 5, padding=2),
            nn.BatchNorm1d(16),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Conv1d(16, 16, 5, padding=2),
            nn.BatchNorm1d(16),
        )
        self.squeeze = nn.Sequential(
            nn.AdaptiveAvgPool1d(1), nn.Conv1d(16, 4, 1), nn.SiLU(), nn.Conv1d(4, 16, 1), nn.Sigmoid()
        )
        self.b = nn.Sequential(
            nn.Conv1d(16, 32, 3, stride=2, dilation=2, padding=2), nn.BatchNorm1d(32), nn.LeakyReLU(0.1)
        )
        self.head = nn.Linear(64, CLASSES)

    def forward(self, x):
        x = self.stem(x)
        y = self.a(x)
        x = F.relu(x + y * self.squeeze(y))
        x = self.b(x)
        return self.head(torch.cat([x.mean(-1), x.amax(-1)], 1))


class Unet3(nn.Module):
    """3-D, upsampled by interpolation and by transposed convolution, then one answer for the whole."""

    def __init__(self, mode="nearest"):
        super().__init__()

        def block(i, o):
            return nn.Sequential(
                nn.Conv3d(i, o, 3, padding=1),
                nn.InstanceNorm3d(o, affine=True),
                nn.PReLU(o),
                nn.Conv3d(o, o, 3, padding=1),
                nn.GroupNorm(2, o),
                nn.LeakyReLU(0.01),
            )

        self.mode = mode
        self.d1, self.d2, self.mid = block(1, 4), block(4, 8), block(8, 8)
        self.up2, self.up1 = block(16, 8), block(12, 4)
        self.transposed = nn.ConvTranspose3d(8, 8, 2, stride=2)
        self.out, self.head = nn.Conv3d(4, 2, 1), nn.Linear(2, CLASSES)

    def forward(self, x):
        a = self.d1(x)
        b = self.d2(F.max_pool3d(a, 2))
        m = self.mid(F.max_pool3d(b, 2))
        m = self.up2(torch.cat([self.transposed(m), b], 1))
        extra = dict(align_corners=False) if self.mode == "trilinear" else {}
        m = self.up1(torch.cat([F.interpolate(m, scale_factor=2, mode=self.mode, **extra), a], 1))
        return self.head(self.out(m).mean((2, 3, 4)))


class Unet2(nn.Module):
    """2-D with bilinear upsampling (a segmentation's body), averaged."""

    def __init__(self, align=False):
        super().__init__()

        def block(i, o):
            return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))

        self.d1, self.d2, self.up, self.head = block(1, 8), block(8, 16), block(24, 8), nn.Linear(8, CLASSES)
        self.align = align

    def forward(self, x):
        a = self.d1(x)
        b = self.d2(F.max_pool2d(a, 2))
        u = F.interpolate(b, size=a.shape[2:], mode="bilinear", align_corners=self.align)
        return self.head(self.up(torch.cat([u, a], 1)).mean((2, 3)))


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.rnn, self.head = getattr(nn, kind)(5, 8, batch_first=True, bidirectional=kind == "GRU"), nn.Linear(
            16 if kind == "GRU" else 8, CLASSES
        )

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


class TabTransformer(nn.Module):
    """Columns of kinds through embeddings and attention, columns of numbers beside them."""

    def __init__(self):
        super().__init__()
        self.sizes = (4, 7, 3)
        self.tables = nn.ModuleList(nn.Embedding(n, 16) for n in self.sizes)
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, dropout=0.1)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(4)
        self.mlp = nn.Sequential(
            nn.Linear(16 * 3 + 4, 32), nn.SELU(), nn.Linear(32, 16), nn.Mish(), nn.Linear(16, CLASSES)
        )

    def forward(self, x):
        kinds, numbers = x[:, :3].long(), x[:, 3:]
        tokens = torch.stack([table(kinds[:, i]) for i, table in enumerate(self.tables)], 1)
        return self.mlp(torch.cat([self.encoder(tokens).flatten(1), self.norm(numbers)], 1))


class FtTransformer(nn.Module):
    """Each number times a vector of its own, a token of the class, attention written by hand with einsum."""

    def __init__(self):
        super().__init__()
        self.w, self.b, self.cls = (
            nn.Parameter(torch.randn(6, 16)),
            nn.Parameter(torch.randn(6, 16)),
            nn.Parameter(torch.randn(1, 1, 16)),
        )
        self.qkv, self.norm, self.head = nn.Linear(16, 48), nn.LayerNorm(16), nn.Linear(16, CLASSES)

    def forward(self, x):
        t = x[..., None] * self.w + self.b
        t = torch.cat([self.cls.expand(x.shape[0], -1, -1), t], 1)
        q, k, v = self.qkv(self.norm(t)).reshape(x.shape[0], 7, 3, 2, 8).unbind(2)
        s = torch.einsum("bihd,bjhd->bhij", q, k) / 8**0.5
        o = torch.einsum("bhij,bjhd->bihd", s.softmax(-1), v).reshape(x.shape[0], 7, 16)
        return self.head((t + o)[:, 0])


class Causal(nn.Module):
    """A temporal network over vital signs: causal pads, scaled dot-product attention with a causal mask."""

    def __init__(self):
        super().__init__()
        self.conv, self.qkv, self.head = nn.Conv1d(6, 16, 3, dilation=2), nn.Linear(16, 48), nn.Linear(16, CLASSES)

    def forward(self, x):
        x = F.silu(self.conv(F.pad(x, (4, 0)))).transpose(1, 2)
        q, k, v = [p.unflatten(-1, (2, 8)).transpose(1, 2) for p in self.qkv(x).chunk(3, -1)]
        o = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(-2)
        return self.head(o[:, -1])


class Zoo(nn.Module):
    """Activations and reductions that files have."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(8, 8) for _ in range(14))
        self.prelu, self.head = nn.PReLU(), nn.Linear(8, CLASSES)

    def forward(self, x):
        acts = [
            F.hardswish,
            F.hardsigmoid,
            F.selu,
            F.celu,
            F.mish,
            F.silu,
            F.softsign,
            F.relu6,
            F.hardtanh,
            self.prelu,
            torch.sin,
            lambda t: F.normalize(t, dim=1),
            F.logsigmoid,
            lambda t: t * torch.rsqrt(t.pow(2).mean(-1, keepdim=True) + 1e-6),
        ]
        for layer, act in zip(self.layers, acts):
            x = x + act(layer(x))
        return self.head(x)


NETWORKS = {
    "resnet18": (tv("resnet18"), (3, 32, 32)),
    "resnet50": (tv("resnet50"), (3, 32, 32)),
    "vgg11_bn": (vgg, (3, 32, 32)),
    "mobilenet_v2": (tv("mobilenet_v2"), (3, 32, 32)),
    "mobilenet_v3_small": (tv("mobilenet_v3_small"), (3, 64, 64)),
    "efficientnet_b0": (tv("efficientnet_b0"), (3, 32, 32)),
    "densenet121": (tv("densenet121"), (3, 32, 32)),
    "squeezenet1_1": (tv("squeezenet1_1"), (3, 64, 64)),
    "shufflenet_v2_x0_5": (tv("shufflenet_v2_x0_5"), (3, 64, 64)),
    "convnext_tiny": (tv("convnext_tiny"), (3, 32, 32)),
    "regnet_y_400mf": (tv("regnet_y_400mf"), (3, 32, 32)),
    "googlenet": (tv("googlenet", init_weights=False, aux_logits=False), (3, 64, 64)),
    "vit": (vit, (3, 32, 32)),
    "swin": (swin, (3, 32, 32)),
    "hf_bert": (hf_bert, (12,)),
    "hf_vit": (hf_vit, (3, 32, 32)),
    "text_encoder": (TextEncoder, (12,)),
    "ecg": (Ecg, (12, 200)),
    "unet3_nearest": (Unet3, (1, 8, 8, 8)),
    "unet3_trilinear": (lambda: Unet3("trilinear"), (1, 8, 8, 8)),
    "unet2_bilinear": (Unet2, (1, 16, 16)),
    "unet2_corners": (lambda: Unet2(True), (1, 16, 16)),
    "lstm": (lambda: Recurrent("LSTM"), (7, 5)),
    "tab_transformer": (TabTransformer, (7,)),
    "ft_transformer": (FtTransformer, (6,)),
    "causal": (Causal, (6, 20)),
    "zoo": (Zoo, (8,)),
}
TOKENS = {"hf_bert", "text_encoder"}
