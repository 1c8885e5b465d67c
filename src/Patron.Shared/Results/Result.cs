using System.Diagnostics.CodeAnalysis;

namespace Patron.Shared.Results;

/// <summary>The outcome of a use case: a value or an expected error. Exceptions are for bugs.</summary>
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

    /// <summary>The value. Throws when the result is an error.</summary>
    public T Value => error is null ? value! : throw new InvalidOperationException($"The result has no value: {error.Detail}");

    /// <summary>Converts the value; an error stays as it is.</summary>
    public Result<TOther> Select<TOther>(Func<T, TOther> selector) => error is null ? selector(value!) : error;

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Error error) => new(default, error);
}

/// <summary>The value of a use case that returns nothing.</summary>
public readonly record struct Unit;
