// In a narrow window long lines of the query are wrapped, as those of the response are everywhere.
import { useEffect } from 'react';
import { useGraphiQL } from '@graphiql/react';

const narrow = window.matchMedia('(max-width: 799.98px)'); // as in playground.css

export function WrapLines() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);

  useEffect(() => {
    const update = () => queryEditor?.updateOptions({ wordWrap: narrow.matches ? 'on' : 'off' });
    update();
    narrow.addEventListener('change', update);
    return () => narrow.removeEventListener('change', update);
  }, [queryEditor]);
  return null;
}
