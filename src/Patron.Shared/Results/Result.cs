using System.Diagnostics.CodeAnalysis;

namespace Patron.Shared.Results;

/// <summary>What a use case answers: a value, or an expected 'no'. Exceptions are for bugs.</summary>
public readonly struct Result<T>
{
    private readonly T? value;
    private readonly Error? error;

    private Result(T? value, Error? error)
    {
        this.value = value;
        this.error = error;
    }

    /// <summary>True with the value, or false with the error.</summary>
    public bool Succeeded([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Error? error)
    {
        value = this.value;
        error = this.error;
        return error is null;
    }

    /// <summary>The error, or null on success.</summary>
    public Error? Error => error;

    /// <summary>The value; asking a failed result for it is a bug.</summary>
    public T Value => error is null ? value! : throw new InvalidOperationException($"The result has no value: {error.Detail}");

    /// <summary>The same with another value made of this one's.</summary>
    public Result<TOther> Select<TOther>(Func<T, TOther> make) => error is null ? make(value!) : error;

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Error error) => new(default, error);
}

/// <summary>The value of a use case that has nothing to say beyond 'done'.</summary>
public readonly record struct Done;
