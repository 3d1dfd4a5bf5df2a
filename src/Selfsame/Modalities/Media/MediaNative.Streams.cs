using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Selfsame.Modalities.Media;

/// <content><c>native/media_stream.h</c>.</content>
internal static unsafe partial class MediaNative
{
    internal const int Sound = 1, Pictures = 2;

    /// <summary>Values of <see cref="StreamInfo.Exact"/>.</summary>
    internal const int Guessed = 0, Exact = 2;

    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenRequest
    {
        public long MaxPixels;
        public int Kind, Mono;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct StreamInfo
    {
        public double Duration, Rate;
        public long Count;
        public int Exact, Channels, Width, Height, HasOther;
        public fixed byte Codec[32];
        public fixed byte Container[32];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Picture
    {
        public double Time;
        public int Width, Height;
        public long Damaged;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Region
    {
        public int Top, Left, Height, Width;
    }

    [LibraryImport(Library, EntryPoint = "ss_media_open", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Open(string? path, byte* bytes, long length, OpenRequest* request, nint* stream);

    [LibraryImport(Library, EntryPoint = "ss_media_close")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void Close(nint stream);

    [LibraryImport(Library, EntryPoint = "ss_media_stream_info_of")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int InfoOf(nint stream, StreamInfo* info);

    [LibraryImport(Library, EntryPoint = "ss_media_measure")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Measure(nint stream, StreamInfo* info);

    [LibraryImport(Library, EntryPoint = "ss_media_seek")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Seek(nint stream, double time);

    [LibraryImport(Library, EntryPoint = "ss_media_read_sound")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int ReadSound(nint stream, float* samples, long stride, long capacity, long* read, long* damaged);

    [LibraryImport(Library, EntryPoint = "ss_media_advance")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Advance(nint stream, double until, Picture* picture);

    [LibraryImport(Library, EntryPoint = "ss_media_pixels")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int Pixels(nint stream, Region* region, byte* pixels, long capacity);
}
