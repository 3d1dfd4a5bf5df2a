using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Selfsame.Torch;

namespace Selfsame.Modalities.Media;

/// <summary>The native calls for pictures, sound and video; <c>native/media*.h</c> say what each does. Library <c>selfsame</c>.</summary>
internal static unsafe partial class MediaNative
{
    private const string Library = NativeLibraryLoader.Library;

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Imports need their resolver before the first call.")]
    internal static void Initialize() => NativeLibraryLoader.Register(typeof(MediaNative).Assembly);

    [StructLayout(LayoutKind.Sequential)]
    internal struct ImageRequest
    {
        public long MaxPixels;
        public int WantAlpha, Background, FitWithin, SvgSide;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ImageInfo
    {
        public int Width, Height, Channels, StoredWidth, StoredHeight, Format;
    }

    [LibraryImport(Library, EntryPoint = "ss_media_probe_image")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int ProbeImage(byte* bytes, long length, ImageRequest* request, ImageInfo* info);

    [LibraryImport(Library, EntryPoint = "ss_media_decode_image")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int DecodeImage(byte* bytes, long length, ImageRequest* request, byte* pixels, long capacity, ImageInfo* info);

    [LibraryImport(Library, EntryPoint = "ss_media_decode_depth")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int DecodeDepth(byte* bytes, long length, ImageRequest* request, ushort* values, long capacity, ImageInfo* info);

    [LibraryImport(Library, EntryPoint = "ss_media_encode_png")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int EncodePng(byte* pixels, int width, int height, int channels, int level, byte* encoded, long capacity, long* written);

    [LibraryImport(Library, EntryPoint = "ss_media_last_error")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial byte* LastError();

    /// <summary>Throws what <paramref name="status"/> stands for, with the text of this thread's last failure.</summary>
    internal static void Check(int status)
    {
        if (status == 0)
            return;
        var text = Marshal.PtrToStringUTF8((nint)LastError()) ?? "";
        throw status switch
        {
            (int)MediaError.OutOfMemory => new InsufficientMemoryException(text),
            1 => new ArgumentException(text),
            _ => new MediaException((MediaError)status, text),
        };
    }
}
