using System.Text;

namespace Selfsame.Data.Sources;

/// <summary>CSV by RFC 4180: fields in quotes may hold commas, line breaks and doubled quotes.</summary>
internal sealed class CsvRows(TextReader reader)
{
    private readonly StringBuilder _field = new();
    private int _line = 1; // of the next character

    /// <summary>Line, from 1, that the last row started on.</summary>
    public int Line { get; private set; }

    /// <summary>Reads the next row that is not an empty line.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="FormatException">A quote is not closed, or is followed by text.</exception>
    public bool Read(List<string> fields)
    {
        do
        {
            fields.Clear();
            if (reader.Peek() < 0)
                return false;
            Line = _line;
            while (ReadField(fields))
            {
            }
        }
        while (fields is [""]);
        return true;
    }

    // True when another field follows on the same row.
    private bool ReadField(List<string> fields)
    {
        _field.Clear();
        if (reader.Peek() == '"')
            ReadQuoted();
        while (true)
        {
            var c = reader.Read();
            switch (c)
            {
                case '\r' when reader.Peek() == '\n':
                    continue;
                case '\n' or < 0:
                    _line++;
                    fields.Add(_field.ToString());
                    return false;
                case ',':
                    fields.Add(_field.ToString());
                    return true;
                default:
                    _field.Append((char)c);
                    continue;
            }
        }
    }

    private void ReadQuoted()
    {
        reader.Read();
        while (true)
        {
            var c = reader.Read();
            if (c < 0)
                throw new FormatException("has a quote that is never closed");
            if (c == '"')
            {
                if (reader.Peek() != '"')
                    break;
                reader.Read();
            }
            if (c == '\n')
                _line++;
            _field.Append((char)c);
        }
        if (reader.Peek() is not (',' or '\r' or '\n' or < 0))
            throw new FormatException("has text after a closing quote");
    }
}
