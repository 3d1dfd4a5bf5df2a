namespace Selfsame.Modalities.Image;

/// <summary>One of DINO's three kinds of views.</summary>
public enum DinoView
{
    /// <summary>First large crop: always blurred.</summary>
    Global1,

    /// <summary>Second large crop: seldom blurred, sometimes solarized.</summary>
    Global2,

    /// <summary>A small crop: blurred half of the time.</summary>
    Local,
}

/// <content>Views as the official code of well-known methods makes them.</content>
public sealed partial record ViewSettings
{
    /// <summary>BYOL's and MoCo v3's two views, which differ in blur and solarization.</summary>
    /// <remarks>Grill et al. 2020, https://arxiv.org/abs/2006.07733, appendix B; Chen et al. 2021, https://arxiv.org/abs/2104.02057, whose code this follows.</remarks>
    /// <param name="view">1 or 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another view.</exception>
    public static ViewSettings Byol(int view) => new()
    {
        ColorJitter = new(),
        GrayscaleProbability = 0.2,
        Blur = view switch
        {
            1 => new() { Probability = 1 },
            2 => new() { Probability = 0.1 },
            _ => throw new ArgumentOutOfRangeException(nameof(view), view, "BYOL has views 1 and 2"),
        },
        Solarize = view == 2 ? new() : null,
    };

    /// <summary>DINO's multi-crop: two global views, any number of local ones. Bicubic, mirrored first.</summary>
    /// <remarks>Caron et al. 2021, https://arxiv.org/abs/2104.14294.</remarks>
    public static ViewSettings Dino(DinoView view) => new()
    {
        Size = view == DinoView.Local ? 96 : 224,
        Crop = new() { Scale = view == DinoView.Local ? [0.05, 0.4] : [0.4, 1.0] },
        Interpolation = Interpolation.Bicubic,
        FlipFirst = true,
        ColorJitter = new(),
        GrayscaleProbability = 0.2,
        Blur = new()
        {
            Probability = view switch
            {
                DinoView.Global1 => 1,
                DinoView.Global2 => 0.1,
                DinoView.Local => 0.5,
                _ => throw new ArgumentOutOfRangeException(nameof(view), view, "DINO has views Global1, Global2 and Local"),
            },
        },
        Solarize = view == DinoView.Global2 ? new() : null,
    };

    /// <summary>MAE's single view: a bicubic random crop of at least a fifth of the area, and a mirror.</summary>
    /// <remarks>He et al. 2021, https://arxiv.org/abs/2111.06377, appendix A.1.</remarks>
    public static ViewSettings Mae() => new() { Crop = new() { Scale = [0.2, 1.0] }, Interpolation = Interpolation.Bicubic };

    /// <summary>The view for evaluation: shorter side resized, middle cut out, nothing random.</summary>
    /// <param name="resize">Shorter side, at least 1.</param>
    /// <param name="crop">Side of the result, at least 1; zeros are put around where the picture is smaller.</param>
    public static ViewSettings Evaluation(int resize = 256, int crop = 224) => new()
    {
        Size = crop,
        Crop = new() { Kind = CropKind.ResizeCenter, Resize = resize },
        FlipProbability = 0,
    };
}
