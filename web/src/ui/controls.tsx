/** Buttons and fields that the whole page shares. */

import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { type Changeable, useKeyOf } from "../keys/bindings";
import { icons, type IconName } from "./icons";

interface IconButtonProps {
  readonly icon: IconName;
  readonly name: string;
  readonly keys?: string;
  /** What a key does as well: the key is named, whichever it is now. */
  readonly action?: Changeable | null;
  readonly on?: boolean;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly onPress: () => void;
}

/** A button that is only a picture: its name is said, and shown with its keys on hover. */
export function IconButton({ icon, name, keys: fixed, action, on, disabled, className = "", onPress }: IconButtonProps) {
  const chosen = useKeyOf(action ?? "box");
  const keys = action ? chosen : fixed;
  const Icon = icons[icon];
  return (
    <button
      type="button"
      className={`icon-button ${className}`}
      aria-label={name}
      aria-pressed={on}
      title={keys ? `${name}  (${keys})` : name}
      disabled={disabled}
      onClick={onPress}
    >
      <Icon />
    </button>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly name?: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly step?: number;
  readonly unit?: string;
  readonly disabled?: boolean;
  readonly onChange: (value: number) => void;
}

/** A number that is typed, or stepped with the arrow keys; what is out of range goes back when it is left. */
export function NumberField(props: NumberFieldProps) {
  const { label, name, value, low, high, step = 1, unit, disabled, onChange } = props;
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const take = (text: string) => {
    const number = Number(text);
    if (text.trim() !== "" && Number.isFinite(number) && number >= low && number <= high) onChange(number);
  };
  return (
    <label className="number" htmlFor={id}>
      <span>{label}</span>
      <input
        id={id}
        type="number"
        inputMode="decimal"
        aria-label={name ?? label}
        value={typed ?? String(value)}
        min={low}
        max={high}
        step={step}
        disabled={disabled}
        onChange={(event) => {
          setTyped(event.target.value);
          take(event.target.value);
        }}
        onBlur={() => setTyped(null)}
      />
      {unit && <i>{unit}</i>}
    </label>
  );
}

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly value: T | null;
  readonly options: readonly { readonly value: T; readonly label: string; readonly help?: string }[];
  readonly disabled?: boolean;
  readonly onChange: (value: T) => void;
}

/** A few choices beside each other; one is on. */
export function Choice<T extends string>({ name, value, options, disabled, onChange }: ChoiceProps<T>) {
  return (
    <div className="choice" role="radiogroup" aria-label={name}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          title={option.help}
          disabled={disabled}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}

export interface MenuItem {
  readonly label: string;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly onPress: () => void;
}

interface MenuProps {
  readonly name: string;
  readonly className?: string;
  readonly trigger: ReactNode;
  readonly items: readonly (MenuItem | "line")[];
  readonly disabled?: boolean;
}

/** A button with a list under it. Arrow keys walk the list, Esc closes it. */
export function Menu({ name, className = "", trigger, items, disabled }: MenuProps) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (box.current && list.current) putBeside(list.current, box.current.getBoundingClientRect());
  }, [open]);
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>('[role="menuitem"]:not(:disabled)')?.focus({ preventScroll: true });
    const away = (event: Event) => !box.current?.contains(event.target as Node) && setOpen(false);
    window.addEventListener("pointerdown", away);
    return () => window.removeEventListener("pointerdown", away);
  }, [open]);
  const close = () => {
    setOpen(false);
    box.current?.querySelector<HTMLElement>("button")?.focus();
  };
  return (
    <div
      className="menu"
      ref={box}
      onKeyDown={(event) => {
        if (!open) return;
        event.stopPropagation();
        if (event.key === "Escape") close();
        if (event.key === "Tab") setOpen(false);
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          const all = [...(box.current?.querySelectorAll<HTMLElement>('[role="menuitem"]:not(:disabled)') ?? [])];
          const at = all.indexOf(document.activeElement as HTMLElement);
          all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]?.focus();
        }
      }}
    >
      <button
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={name}
        title={name}
        disabled={disabled}
        onClick={() => setOpen(!open)}
      >
        {trigger}
      </button>
      {open && (
        <div className="menu-list" ref={list} role="menu" aria-label={name}>
          {items.map((item, i) =>
            item === "line" ? (
              <hr key={i} />
            ) : (
              <button
                key={item.label}
                type="button"
                role="menuitem"
                disabled={item.disabled}
                onClick={() => {
                  close();
                  item.onPress();
                }}
              >
                <span>{item.label}</span>
                {item.keys && <kbd>{item.keys}</kbd>}
              </button>
            ),
          )}
        </div>
      )}
    </div>
  );
}

/** Under its button, or over it where there is no room; always inside the window, whatever scrolls around it. */
function putBeside(list: HTMLElement, button: DOMRect): void {
  const { width, height } = list.getBoundingClientRect();
  const under = button.bottom + 6;
  const top = under + height > window.innerHeight - 8 ? Math.max(8, button.top - height - 6) : under;
  const left = Math.max(8, Math.min(button.left, window.innerWidth - width - 8));
  Object.assign(list.style, { top: `${top}px`, left: `${left}px` });
}

/** A window over the page, closed by Esc or beside it; the browser keeps the focus inside. */
export function Dialog({ title, close, onClose, children }: { title: string; close: string; onClose: () => void; children: ReactNode }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element && !element.open) element.showModal();
  }, []);
  return (
    <dialog
      ref={box}
      className="dialog"
      aria-label={title}
      onClose={onClose}
      onKeyDown={(event) => event.stopPropagation()}
      onPointerDown={(event) => event.target === box.current && box.current?.close()}
    >
      <header>
        <h2>{title}</h2>
        <IconButton icon="close" name={close} onPress={() => box.current?.close()} />
      </header>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
