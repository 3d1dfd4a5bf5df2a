using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Selfsame.Modalities.Media;

/// <content><c>native/media_writer.h</c>.</content>
internal static unsafe partial class MediaNative
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct WriteRequest
    {
        public byte* Container, Codec;
        public int Kind, SampleRate, Channels, Width, Height, RateNumerator, RateDenominator, Quality, Loop;
        public long BitRate;
    }

    [LibraryImport(Library, EntryPoint = "ss_media_writer_open", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int OpenWriter(string? path, WriteRequest* request, nint* writer);

    [LibraryImport(Library, EntryPoint = "ss_media_write_sound")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int WriteSound(nint writer, float* samples, long stride, long count);

    [LibraryImport(Library, EntryPoint = "ss_media_write_picture")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int WritePicture(nint writer, byte* pixels);

    [LibraryImport(Library, EntryPoint = "ss_media_writer_finish")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial int FinishWriter(nint writer, byte** bytes, long* length);

    [LibraryImport(Library, EntryPoint = "ss_media_writer_close")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void CloseWriter(nint writer);
}
