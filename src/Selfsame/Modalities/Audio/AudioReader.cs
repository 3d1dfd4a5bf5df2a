using Selfsame.Modalities.Media;

namespace Selfsame.Modalities.Audio;

/// <summary>Reads a sound piece by piece: whatever its length, a few blocks of it are in memory. For one thread at a time.</summary>
public sealed class AudioReader : IDisposable
{
    private const int Block = 1 << 14;

    private readonly MediaStream _stream;
    private readonly AudioDecodeSettings _settings;
    private readonly Resampler? _resampler;   // null where the stored rate is wanted
    private readonly int _stored;
    private readonly float[] _window;         // (channels, _capacity) of input samples from _windowStart on
    private readonly int _capacity;
    private long _windowStart, _windowEnd;    // input samples; before 0 and behind the end lie zeros
    private readonly long _limit = long.MaxValue;
    private long _begin, _next;               // output samples: where reading began, and which is the next
    private long _inputEnd = long.MaxValue;   // known once the end was seen

    /// <summary>Opens a sound.</summary>
    /// <param name="source">A path, or a file's content.</param>
    /// <param name="settings">Rate, channels and part; null for 16 kHz mono, all of it.</param>
    /// <exception cref="MediaException">Not a sound, damaged already in its header, or not to be opened.</exception>
    /// <exception cref="ArgumentException">A setting is outside its range.</exception>
    public AudioReader(MediaSource source, AudioDecodeSettings? settings = null)
    {
        _settings = settings ?? AudioDecodeSettings.Default;
        _settings.Require();
        _stream = new(source, MediaNative.Sound, _settings.Mono);
        try
        {
            Info = AudioFile.Describe(_stream.Info());
            _stored = Info.SampleRate;
            Channels = _settings.Mono ? 1 : Info.Channels;
            SampleRate = _settings.SampleRate ?? _stored;
            if (SampleRate != _stored && Resampler.Refusal(_stored, SampleRate, _settings.Resampler) is { } reason)
                throw new MediaException(MediaError.Unsupported, reason);
            _resampler = SampleRate == _stored ? null : Resampler.Between(_stored, SampleRate, _settings.Resampler);
            _capacity = _resampler is null ? 0 : Block + 2 * _resampler.Reach + 16 + _resampler.Period;
            _window = new float[_capacity * Channels];
            if (_settings.MaxDuration is { } most)
                _limit = Math.Max(1, (long)Math.Round(most.TotalSeconds * SampleRate));
            if (_settings.Start > TimeSpan.Zero)
                Seek(_settings.Start);
            else
                Begin(0);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The sound as stored. Where the container keeps no duration it is a guess, or zero; <see cref="AudioFile.Probe"/> finds out.</summary>
    public AudioInfo Info { get; }

    /// <summary>Samples a second that are read.</summary>
    public int SampleRate { get; }

    /// <summary>Channels that are read.</summary>
    public int Channels { get; }

    /// <summary>Packets of the file so far that were damaged and left out.</summary>
    public long DamagedPackets { get; private set; }

    /// <summary>Goes to a time: the next sample read is the one at it, as if all before it had been read. Does not decode what lies before where the container allows.</summary>
    /// <remarks><see cref="AudioDecodeSettings.MaxDuration"/> counts from here on. Behind the end, nothing more is read.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="time"/> is negative.</exception>
    public void Seek(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var sample = (long)Math.Round(time.TotalSeconds * SampleRate);
        var input = Math.Max(0, _resampler?.FirstInput(sample) ?? sample);
        _stream.Seek((double)input / _stored);
        Begin(sample);
        _windowStart = _windowEnd = _resampler?.FirstInput(sample) ?? 0;
        Zeros(input - _windowStart);
    }

    /// <summary>Reads on.</summary>
    /// <param name="destination">Receives (<see cref="Channels"/>, n) where n is its length / <see cref="Channels"/>.</param>
    /// <returns>Samples of each channel, n as long as there are as many; 0 at the end.</returns>
    /// <exception cref="MediaException">The sound is truncated or damaged here.</exception>
    public int Read(Span<float> destination)
    {
        var room = destination.Length / Channels;
        return Read(destination, room, 0, room);
    }

    /// <summary>Reads on, channel c to <paramref name="destination"/>[c * stride + offset].</summary>
    internal int Read(Span<float> destination, int stride, int offset, int count)
    {
        count = (int)Math.Min(count, _limit - _next + _begin);
        var done = 0;
        while (done < count)
        {
            var part = _resampler is null
                ? ReadStored(destination[(offset + done)..], stride, count - done)
                : ReadResampled(_resampler, destination[(offset + done)..], stride, count - done);
            if (part == 0)
                break;
            done += part;
            _next += part;
        }
        return done;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private void Begin(long sample)
    {
        (_begin, _next, _inputEnd) = (sample, sample, long.MaxValue);
        _windowStart = _windowEnd = -(_resampler?.Reach ?? 0);
        if (sample == 0)
            Zeros(-_windowStart);
    }

    private int ReadStored(Span<float> destination, int stride, int count)
    {
        var read = _stream.ReadSound(destination, stride, count, out var damaged);
        DamagedPackets = damaged;
        return read;
    }

    private int ReadResampled(Resampler resampler, Span<float> destination, int stride, int count)
    {
        var last = _inputEnd == long.MaxValue ? long.MaxValue : resampler.OutputLength(_inputEnd);
        if (_next >= last)
            return 0;
        if (resampler.EndInput(_next) > _windowEnd)
        {
            Slide(resampler.FirstInput(_next));
            Refill();
            return _inputEnd != long.MaxValue && _next >= resampler.OutputLength(_inputEnd) ? 0 : ReadResampled(resampler, destination, stride, count);
        }

        // As many as the window feeds.
        count = (int)Math.Min(count, last - _next);
        var fed = (_windowEnd - resampler.EndInput(_next)) * resampler.Phases / resampler.Period + 1;
        count = (int)Math.Min(count, Math.Max(1, fed));
        while (resampler.EndInput(_next + count - 1) > _windowEnd)
            count--;
        for (var c = 0; c < Channels; c++)
            resampler.Run(_window.AsSpan(c * _capacity, (int)(_windowEnd - _windowStart)), _windowStart, _next, destination.Slice(c * stride, count));
        return count;
    }

    private void Slide(long start)
    {
        var (drop, keep) = ((int)Math.Min(start - _windowStart, _windowEnd - _windowStart), (int)Math.Max(0, _windowEnd - start));
        for (var c = 0; c < Channels; c++)
            _window.AsSpan(c * _capacity + drop, keep).CopyTo(_window.AsSpan(c * _capacity));
        _windowStart += drop;
    }

    private void Refill()
    {
        var filled = (int)(_windowEnd - _windowStart);
        if (_inputEnd != long.MaxValue)
        {
            Zeros(_capacity - filled);
            return;
        }
        var read = ReadStored(_window.AsSpan(filled), _capacity, _capacity - filled);
        _windowEnd += read;
        if (read < _capacity - filled)
        {
            _inputEnd = _windowEnd;
            Zeros(_capacity - filled - read);
        }
    }

    private void Zeros(long count)
    {
        if (_capacity == 0)
            return;
        for (var c = 0; c < Channels; c++)
            _window.AsSpan(c * _capacity + (int)(_windowEnd - _windowStart), (int)count).Clear();
        _windowEnd += count;
    }
}
