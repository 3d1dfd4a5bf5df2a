namespace Selfsame.Modalities.Text;

/// <summary>How texts share the rows of a training batch.</summary>
public enum TextPacking
{
    /// <summary>A row for each text, padded to the longest of its batch.</summary>
    None,

    /// <summary>
    /// Texts follow each other through full rows of max_length tokens; one that doesn't fit goes on in the next row, and attention runs over a whole row.
    /// Like FULL-SENTENCES of RoBERTa, save that a row ends within a sentence. Liu et al. 2019, https://arxiv.org/abs/1907.11692, section 4.2.
    /// </summary>
    Across,
}
